"""Commands that fetch, read and reconcile sources, and check articles."""
