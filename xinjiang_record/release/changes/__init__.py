"""Find, describe and publish what changed between two versions of a package."""
