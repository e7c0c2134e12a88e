"""Define the constraints of Table Schema, one module a kind."""
