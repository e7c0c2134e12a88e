"""Read what comes from outside: regular files, bounded, parsed strictly, and checked for shape."""
