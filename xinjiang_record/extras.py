"""Name the extra of ``xinjiang-record`` that brings a library which is not installed."""

from __future__ import annotations

import importlib.util

from xinjiang_record.errors import EnvironmentFault

# Extra -> the modules of the libraries that it brings, as in pyproject.toml. A module that several
# extras bring is listed with the first one.
EXTRAS = {
    "pandas": ("pandas",),
    "polars": ("polars",),
    "sql": ("duckdb",),
    "pipeline": ("xlsxwriter",),
    "extract": ("lxml", "markdown_it", "pypdfium2", "python_calamine", "warcio"),
    "fetch": ("warcio",),
    "site": ("jinja2", "vl_convert"),
    "flows": ("apprise", "prefect", "fastapi", "sqlalchemy"),
    "dask": ("dask", "distributed", "polars", "prefect_dask"),
    "excel": ("ezodf", "ijson", "jsonlines", "lxml", "openpyxl", "xlrd"),
    "datasette": ("datasette",),
    "sign": ("cryptography", "securesystemslib", "tuf"),
    "stamps": ("cryptography", "rfc3161_client"),
    "deposit": ("huggingface_hub",),
    "traces": ("opentelemetry.sdk", "opentelemetry.exporter.otlp.proto.http"),
}


def describe_missing_module(error: ModuleNotFoundError) -> str:
    """Return what to install for a module that was not found; "" if no extra brings it."""
    name = error.name or ""
    for extra, modules in EXTRAS.items():
        if any(name == module or name.startswith(f"{module}.") for module in modules):
            return _message(name.split(".")[0], extra)
    return ""


def require(extra: str) -> None:
    """Check that the libraries of an extra are installed.

    Raises:
        EnvironmentFault: One of them is missing.
    """
    for module in EXTRAS[extra]:
        try:
            found = importlib.util.find_spec(module)
        except ModuleNotFoundError:  # the package that would contain it is missing
            found = None
        if found is None:
            raise EnvironmentFault(_message(module, extra))


def _message(module: str, extra: str) -> str:
    here = "make extras" if extra != "datasette" else f"pip install '.[{extra}]'"
    return (
        f"{module} is not installed: this needs the extra [{extra}]. "
        f"Run: pip install 'xinjiang-record[{extra}]' (in a checkout: {here})."
    )
