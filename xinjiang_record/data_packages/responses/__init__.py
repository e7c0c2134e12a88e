"""Build the package responses: ``build`` makes its tables, ``rules`` checks them."""
