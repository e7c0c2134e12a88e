"""Name the extra that brings a library which is not installed."""

from __future__ import annotations

# Extra -> the modules of the libraries that it brings. Extras that build on others come first.
EXTRAS = {
    "dask": ("prefect_dask", "distributed", "dask"),
    "flows": ("prefect", "apprise"),
    "traces": ("opentelemetry",),
    "site": ("jinja2", "vl_convert"),
    "s3": ("s3fs", "fsspec"),
    "extract": ("lxml", "pypdfium2", "markdown_it", "warcio"),
    "excel": ("python_calamine", "xlsxwriter", "openpyxl", "xlrd", "tableschema_to_template"),
    "pipeline": ("polars",),
    "fetch": ("httpcore",),
}


def describe_missing_module(error: ModuleNotFoundError) -> str:
    """Return what to install for a module that was not found; "" if no extra brings it."""
    module = (error.name or "").split(".")[0]
    for extra, modules in EXTRAS.items():
        if module in modules:
            return missing_extra_message(module, extra)
    return ""


def missing_extra_message(module: str, extra: str) -> str:
    """Return the message for a library that only an extra brings."""
    return (
        f"{module} is not installed: this command needs the extra [{extra}]. "
        f"Run: pip install 'xinjiang-record[{extra}]'."
    )
