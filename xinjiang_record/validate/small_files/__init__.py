"""Check small CSV files without Arrow."""
