"""Commands that read, verify and distribute releases."""
