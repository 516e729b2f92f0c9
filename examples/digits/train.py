"""Trains a support vector classifier on scikit-learn's handwritten digits and saves it by joblib: writes model/model.joblib.

Run it with `uv run train.py`.
"""
# /// script
# requires-python = ">=3.9,<3.13"
# dependencies = ["scikit-learn==1.5.2", "numpy==1.26.4", "joblib==1.4.2"]
# ///

from pathlib import Path

import joblib
from sklearn.datasets import load_digits
from sklearn.svm import SVC

images, digits = load_digits(return_X_y=True)
model = SVC(gamma=0.001).fit(images, digits)

target = Path(__file__).parent / "model" / "model.joblib"
target.parent.mkdir(exist_ok=True)
joblib.dump(model, target, compress=9)
print(f"{target}: accuracy {model.score(images, digits):.3f} on its training data")
