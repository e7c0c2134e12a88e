"""Read one format per module; ``open_document`` lists them."""
