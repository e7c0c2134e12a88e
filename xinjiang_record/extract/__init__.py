"""Propose rows from documents: statements, votes and figures, each with its reason."""
