"""``python -m xinjiang_record.cli``: the same as ``xrecord``."""

from xinjiang_record.cli import main

main()
