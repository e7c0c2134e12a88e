"""Frictionless, imported in half of its time: without what a check of local tables does not ask for.

Frictionless imports, at its start or when it collects its plugins, much that is used for one rare thing: printing tables, portals (with
pydantic), formats of other programs. While it is imported, stand-ins are in the places of those modules; a name of a stand-in becomes
the real thing as soon as it is used. Afterwards the stand-ins are gone: whoever imports those modules gets the real ones.
A process that has imported Frictionless before is left as it is. Import this before ``frictionless``.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

RARE = {
    "tabulate",
    "frictionless.system.models",
    *(f"frictionless.portals.{name}.adapter" for name in ("ckan", "github", "zenodo")),
    *(f"frictionless.formats.{name}.adapter" for name in ("excel", "ods", "qsv", "sql", "zip")),
    *(
        f"frictionless.formats.{name}.mapper"
        for name in ("erd", "excel", "jsonschema", "markdown", "qsv", "sql")
    ),
    *(
        f"frictionless.formats.{name}.parser"
        for name in ("gsheets", "html", "ods", "pandas", "parquet", "spss", "sql", "yaml")
    ),
}  # modules of which only single names are imported
PLUGINS = "frictionless_"  # what the names of packages with further plugins begin with


class Deferred:
    """Stands for a class or function of a module that is imported when the name is first used."""

    def __init__(self, module: str, name: str) -> None:
        self._place = module, name

    def _real(self) -> Any:
        module, name = self._place
        return getattr(importlib.import_module(module), name)

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        return self._real()(*arguments, **options)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real(), name)

    def __instancecheck__(self, item: object) -> bool:
        return isinstance(item, self._real())

    def __subclasscheck__(self, item: type) -> bool:
        return issubclass(item, self._real())

    def __mro_entries__(self, bases: object) -> tuple[type, ...]:
        return (self._real(),)


class StandIn(types.ModuleType):
    """A module of which every name is deferred."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Deferred(self.__name__, name)


@contextmanager
def _stand_ins() -> Iterator[None]:
    own = {name: StandIn(name) for name in RARE - sys.modules.keys()}
    sys.modules.update(own)
    try:
        yield
    finally:
        for name, module in own.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]


class _Listing:
    """``pkgutil`` for the search for plugins: of all installed packages it looks only at those that can be one."""

    def iter_modules(self, path: Any = None, prefix: str = "") -> Iterator[pkgutil.ModuleInfo]:
        return pkgutil.iter_modules(
            [item for item in sys.path if _may_hold(item)] if path is None else path, prefix
        )

    def __getattr__(self, name: str) -> Any:
        return getattr(pkgutil, name)


def _may_hold(place: str) -> bool:
    """Whether one place of the import path may hold plugins: not, if it is a folder without such a name."""
    try:
        return any(name.startswith(PLUGINS) for name in os.listdir(place or "."))
    except OSError:
        return True


def load() -> None:
    """Import Frictionless and its plugins, if the process has not done so."""
    if "frictionless" in sys.modules:
        return
    with _stand_ins():
        module = importlib.import_module("frictionless.system.system")
        vars(module)["pkgutil"] = _Listing()
        try:
            module.system.methods  # noqa: B018 - collects the plugins
        finally:
            vars(module)["pkgutil"] = pkgutil


load()
