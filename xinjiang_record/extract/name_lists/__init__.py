"""Find the lists of names in a document and read what is in them."""
