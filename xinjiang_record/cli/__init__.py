"""Parse the command line, call one function, print the result and choose the exit code."""
