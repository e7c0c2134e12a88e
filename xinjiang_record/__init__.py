"""Xinjiang Record: which states signed what about the detentions in Xinjiang, and how many are said to be detained."""

__version__ = "1.0.0"
