"""Read the formats that the fast pass supports: CSV, Parquet and Arrow tables."""
