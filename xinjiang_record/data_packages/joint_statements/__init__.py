"""Build the package joint-statements: ``build`` makes its tables, ``rules`` checks them."""
