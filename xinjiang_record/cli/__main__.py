"""Run ``xrecord`` as ``python -m xinjiang_record.cli``."""

from xinjiang_record.cli.main import main

if __name__ == "__main__":  # worker processes import this module again
    main()
