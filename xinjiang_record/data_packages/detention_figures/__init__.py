"""Build the package detention-figures: ``build`` makes its tables, ``rules`` checks them."""
