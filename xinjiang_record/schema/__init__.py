"""Read and check the project's own Table Schemas."""
