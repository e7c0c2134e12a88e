"""Compare claims with the published tables, one module for each kind of claim."""
