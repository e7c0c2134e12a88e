"""Publish tables that are larger than memory, partition by partition, on any engine."""
