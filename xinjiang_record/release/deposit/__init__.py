"""Deposit releases in archives that give them a DOI, each version once."""
