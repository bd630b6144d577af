"""Labelled text to the models of pipelines/models; needs the `model` extra (scikit-learn)."""
