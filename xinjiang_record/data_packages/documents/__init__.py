"""Build the package documents: ``build`` makes its tables, ``rules`` checks them."""
