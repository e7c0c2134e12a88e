"""Prove rows good with Arrow, and give Frictionless the others, which are called suspects."""
