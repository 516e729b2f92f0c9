"""Trains a LogisticRegression on scikit-learn's iris data and saves it by pickle: writes model/model.pkl.

Run it with `uv run train.py`.
"""
# /// script
# requires-python = ">=3.9,<3.13"
# dependencies = ["scikit-learn==1.5.2", "numpy==1.26.4"]
# ///

import pickle
from pathlib import Path

from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

features, species = load_iris(return_X_y=True)
model = LogisticRegression(max_iter=1000).fit(features, species)

target = Path(__file__).parent / "model" / "model.pkl"
target.parent.mkdir(exist_ok=True)
target.write_bytes(pickle.dumps(model))
print(f"{target}: accuracy {model.score(features, species):.3f} on its training data")
