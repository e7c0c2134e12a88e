"""Apply the rules of the Data Package 2.0 standard that Frictionless 5.21 does not have."""
