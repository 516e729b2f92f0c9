"""Stands in for TensorFlow, which MLServer's Hugging Face runtime imports, and uses for models of TensorFlow alone."""
