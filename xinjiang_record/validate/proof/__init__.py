"""Prove packages and tables clean without Frictionless, whose import takes longer than the check.

Nothing here reports an error. What is not proved (an unusual descriptor, a row that may be wrong)
raises ``NotProved``, and Frictionless decides about all of it.
"""
