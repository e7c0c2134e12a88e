"""Define which texts are values of a type of Table Schema, one module a kind of type."""
