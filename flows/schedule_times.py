"""Say when each flow runs, as crons in UTC; the daily run is ``record``.

prefect.yaml, deploy/ and the workflows write the same times in their own forms. A test compares.
"""

from __future__ import annotations

CRONS = {
    "record": "30 5 * * *",
    "site": "30 6 * * *",
    "verify": "0 7 * * *",
    "fetch": "0 3 * * 0",
}
