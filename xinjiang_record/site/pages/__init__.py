"""Make the pages of the site: one module for each page or kind of page."""
