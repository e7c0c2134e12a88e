"""Build and serve the static site from the latest releases."""
