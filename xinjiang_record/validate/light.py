"""Frictionless, imported in half of its time: without what a check of local tables does not ask for.

Three modules that Frictionless imports at its start, or when it collects its plugins, are large and used for one rare thing each:
publishing to a portal (pydantic) and printing tables. While it is imported, stand-ins are in their places; a name of a stand-in
becomes the real thing as soon as it is used. Afterwards the stand-ins are gone: whoever imports those modules gets the real ones.
A process that has imported Frictionless before is left as it is. Import this before ``frictionless``.
"""

from __future__ import annotations

import gc
import importlib
import os
import pkgutil
import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

RARE = {
    "frictionless.system.models": ("PublishResult",),
    "frictionless.portals.zenodo.models": ("ZenodoCreator", "ZenodoMetadata"),
    "tabulate": ("tabulate",),
}
PLUGINS = "frictionless_"  # what the names of packages with further plugins begin with


@contextmanager
def paused() -> Iterator[None]:
    """Without the collector of cycles, which only costs time where much is made and nothing thrown away."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


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

    def __mro_entries__(self, bases: object) -> tuple[type, ...]:
        return (self._real(),)


@contextmanager
def _stand_ins() -> Iterator[None]:
    own = {}
    for name in RARE.keys() - sys.modules.keys():
        own[name] = sys.modules[name] = types.ModuleType(name)
        vars(own[name]).update({item: Deferred(name, item) for item in RARE[name]})
    try:
        yield
    finally:
        for name, module in own.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]


class _Listing:
    """``pkgutil`` for the search for plugins: of all installed packages it looks only at those that can be one."""

    def iter_modules(self, path: Any = None, prefix: str = "") -> Iterator[pkgutil.ModuleInfo]:
        return pkgutil.iter_modules([item for item in sys.path if _may_hold(item)] if path is None else path, prefix)

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
    with _stand_ins(), paused():
        module = importlib.import_module("frictionless.system.system")
        vars(module)["pkgutil"] = _Listing()
        try:
            module.system.methods  # noqa: B018 - collects the plugins
        finally:
            vars(module)["pkgutil"] = pkgutil


load()
