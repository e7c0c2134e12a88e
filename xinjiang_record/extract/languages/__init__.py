"""Hold the words of each language, one data file a language, and what reads them."""
