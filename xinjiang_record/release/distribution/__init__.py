"""Read releases from folders and web addresses, and copy them to others."""
