"""Import httpx without its command line.

``import httpx`` also imports its command ``httpx``, with click, rich and pygments, where these are
installed. That is more than a third of its time, which every start of the client would pay.
"""

from __future__ import annotations

import sys

COMMAND_LINE = "httpx._main"

__all__ = ["httpx"]

if "httpx" in sys.modules:
    import httpx
else:
    sys.modules[COMMAND_LINE] = None  # type: ignore[assignment] # httpx takes it as not installed
    try:
        import httpx
    finally:
        del sys.modules[COMMAND_LINE]
