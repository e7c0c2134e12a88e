"""Lists of names in a document: where they are and what stands in them."""
