"""Check an article against the record: its claims, with a verdict for each part of each claim."""
