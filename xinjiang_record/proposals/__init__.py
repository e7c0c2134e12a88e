"""Lead a document into ``raw/``: draft, ask what it does not say, write what is decided.

1. ``source_entry`` finds or registers the source and stores the snapshot.
2. ``draft`` holds what was read, as one JSON value: the statements, rows and figures, each with its
   reason, and what is still open.
3. ``askers`` asks on the terminal, or ``review_page`` and ``review_server`` ask in a browser.
4. ``statement_folder`` and ``figure_rows`` write what is decided.
"""
