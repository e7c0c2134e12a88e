"""Read documents of many formats into blocks of text and tables."""
