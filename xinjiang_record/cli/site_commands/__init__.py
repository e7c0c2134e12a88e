"""Commands that build the site and draw figures."""
