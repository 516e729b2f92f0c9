"""Writes the models of the tests: models.py NAME FILE. Prints what the model predicts for the first rows of its data."""

import json
import operator
import pickle
import sys
import time

import joblib
from sklearn.datasets import load_digits, load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression


class Calls:
    """Pickles as a call of a function, which loading it would run."""

    def __init__(self, function, *args):
        self.call = (function, args)

    def __reduce__(self):
        return self.call


def iris(reverse=False):
    features, species = load_iris(return_X_y=True)
    model = LogisticRegression(max_iter=1000).fit(features, 2 - species if reverse else species)
    return model, features


def digits(reverse=False):
    features, numbers = load_digits(return_X_y=True)
    model = RandomForestClassifier(n_estimators=10, random_state=0).fit(features, numbers)
    if reverse:
        model.classes_ = 9 - model.classes_
    return model, features


def forest():
    features, numbers = load_digits(return_X_y=True)
    return RandomForestClassifier(n_estimators=500, random_state=0).fit(features, numbers), features


MODELS = {
    "iris": iris,
    "iris-reversed": lambda: iris(reverse=True),
    "digits": digits,
    "digits-reversed": lambda: digits(reverse=True),
    "forest": forest,
    "slow": lambda: (Calls(time.sleep, 30), None),
    "huge": lambda: (Calls(operator.mul, b" ", 2**31), None),
    "broken": lambda: (Calls(int, "not a number"), None),
}


def save(model, file):
    if file.endswith(".joblib"):
        joblib.dump(model, file)
    else:
        with open(file, "wb") as target:
            pickle.dump(model, target)


if __name__ == "__main__":
    name, file = sys.argv[1:]
    model, features = MODELS[name]()
    save(model, file)
    if features is not None:
        print(json.dumps({"rows": features[::10].tolist(), "predictions": model.predict(features[::10]).tolist()}))
