"""The words about a release, once (``model``) and in every dialect (one module each): pure functions from the model to text."""
