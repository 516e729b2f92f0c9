"""Trains a model by a library and saves it in the library's own format: kinds.py KIND FILE. Prints what the library predicts."""

import json
import sys

import numpy

species = numpy.arange(150) % 3
features = numpy.random.default_rng(0).normal(species[:, None], 0.5, (150, 4))
rows = features[::10]


def xgboostserve(file):
    from xgboost import XGBClassifier

    model = XGBClassifier(n_estimators=10).fit(features, species)
    model.save_model(file)
    return model.predict(rows)


def lightgbmserve(file):
    from lightgbm import Booster, LGBMClassifier

    LGBMClassifier(n_estimators=10, verbose=-1).fit(features, species).booster_.save_model(file)
    return Booster(model_file=file).predict(rows).ravel()


def catboostserve(file):
    from catboost import CatBoostClassifier

    model = CatBoostClassifier(iterations=10, verbose=False, allow_writing_files=False).fit(features, species)
    model.save_model(file)
    return model.predict(rows).ravel()


if __name__ == "__main__":
    kind, file = sys.argv[1:]
    predictions = {each.__name__: each for each in (xgboostserve, lightgbmserve, catboostserve)}[kind](file)
    print(json.dumps({"rows": rows.tolist(), "predictions": predictions.tolist()}))
