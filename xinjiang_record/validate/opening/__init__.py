"""Decide what of a source is read, and how, before Frictionless opens anything."""
