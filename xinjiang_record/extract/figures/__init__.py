"""Read the figures of a text: numbers, qualifiers, units, and what they count."""
