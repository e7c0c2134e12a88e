"""Record what a release is, and prove it again: hashes, sums, provenance, ledger."""
