"""Find what the states of each list did: statements and votes, with the reason of each row."""
