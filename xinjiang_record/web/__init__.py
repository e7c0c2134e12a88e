"""Write the web layout: one folder or bucket that is site, data and stable addresses at once.

    <homepage>
      index.html ...                              the site
      catalog.json  catalog.jsonld                every package and version; the second in DCAT
      openapi.json  llms.txt                      what can be asked, for programs
      country/<ISO3>.json  statement/<id>.json    one file a country and a statement
      <package>/versions.json                     the ledger
      <package>/<version>/...                     the released files: they never change
      <package>/latest/<table>.csv|.parquet|.json the latest version
      <package>/latest/<package>.zip|.xlsx|.sqlite|.duckdb
      <package>/latest/datapackage.json and croissant.json, dataset.jsonld, datacite.json ...

A released file has no address in it. Whole addresses are in the files of ``latest/`` and of the
top, and come from ``xrecord.toml``.
"""
