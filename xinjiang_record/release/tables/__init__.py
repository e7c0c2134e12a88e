"""Write and read the tables of a release: canonical CSV, Parquet, and where their files are."""
