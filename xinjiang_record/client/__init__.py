"""Offer what ``import xinjiang_record as xr`` gives a researcher: typed tables of fixed versions.

    import xinjiang_record as xr

    xr.packages(), xr.tables("joint-statements"), xr.search("Qatar")       # what there is
    frame = xr.load("joint-statements", "signatories")                     # the latest release
    frame.attrs["version"], frame.attrs["citation"]
    xr.load("joint-statements", "countries", columns=["country_iso3"], as_="arrow")
    xr.roster("2019-07-12-hrc41-supportive", as_of="2019-07-18")  # the list at the end of that day
    xr.positions("Qatar"), xr.figures(measure="persons_detained")
    xr.sql("select side, count(*) from positions group by side")           # by DuckDB
    xr.history("2019-07-12-hrc41-supportive.QAT")                 # a record, release by release
    xr.evidence("2019-07-12-hrc41-supportive.QAT.withdrew")       # its sources
    xr.lock("record.lock")                                        # pin every package, for a paper

``base`` is a folder of releases or an http(s) address that serves one. Without it, the environment
variable ``XRECORD_BASE`` is used, else ``published/`` of this checkout, else the address of the
publisher. Every byte is compared with the hash that the ledger names; other bytes are a
VerifyError. A withdrawn release gives a WithdrawnWarning. What an address sent is kept in
``xr.cache_dir()``.
"""

from __future__ import annotations

from xinjiang_record.client.articles import check as check
from xinjiang_record.client.articles import read_record as read_record
from xinjiang_record.client.bases import Base as Base
from xinjiang_record.client.bases import cache_dir as cache_dir
from xinjiang_record.client.contents import packages as packages
from xinjiang_record.client.contents import tables as tables
from xinjiang_record.client.load_tables import figures as figures
from xinjiang_record.client.load_tables import load as load
from xinjiang_record.client.load_tables import positions as positions
from xinjiang_record.client.load_tables import roster as roster
from xinjiang_record.client.query_tables import sql as sql
from xinjiang_record.client.releases import cite as cite
from xinjiang_record.client.releases import evidence as evidence
from xinjiang_record.client.releases import history as history
from xinjiang_record.client.releases import lock as lock
from xinjiang_record.client.releases import verify as verify
from xinjiang_record.client.releases import versions as versions
from xinjiang_record.client.search_record import search as search
