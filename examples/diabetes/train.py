"""Trains a ridge regression on scikit-learn's diabetes data and saves it by MLflow: writes the folder model.

Run it with `uv run train.py`.
"""
# /// script
# requires-python = ">=3.11,<3.12"
# dependencies = ["mlflow==2.19.0", "scikit-learn==1.5.2", "numpy==1.26.4", "pandas==2.2.3", "setuptools<81"]
# ///

import shutil
from pathlib import Path

import mlflow.sklearn
from mlflow.models import infer_signature
from sklearn.datasets import load_diabetes
from sklearn.linear_model import Ridge

patients, progression = load_diabetes(return_X_y=True, as_frame=True)
model = Ridge(alpha=0.1).fit(patients, progression)

target = Path(__file__).parent / "model"
shutil.rmtree(target, ignore_errors=True)
mlflow.sklearn.save_model(model, target, signature=infer_signature(patients, model.predict(patients)))
print(f"{target}: R² {model.score(patients, progression):.3f} on its training data")
