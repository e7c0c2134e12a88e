"""Find the project's folders, and read the clock and the environment; no other module does."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from xinjiang_record.errors import EnvironmentFault, UsageError

LAST_YEAR = 9000  # from which on the clock is taken to be broken
PLACEHOLDER = "//OWNER."  # in the address of whoever has not named the publisher yet


@dataclass(frozen=True, slots=True)
class Addresses:
    """Hold where the record is on the web, each with the last slash, or empty where not set.

    ``homepage`` is the site's address, ``data_base`` that of the releases (the homepage, unless it
    is set), ``datasette_url`` that of a Datasette.
    """

    homepage: str = ""
    data_base: str = ""
    datasette_url: str = ""


@dataclass(frozen=True, slots=True)
class Project:
    """Name the folders of one checkout."""

    root: Path

    @property
    def raw(self) -> Path:
        """Return the folder of raw files."""
        return self.root / "raw"

    @property
    def schemas(self) -> Path:
        """Return the folder of schemas."""
        return self.root / "schemas"

    @property
    def published(self) -> Path:
        """Return the folder of releases."""
        return self.root / "published"

    @property
    def runs(self) -> Path:
        """Return the folder of run records, outside ``published``."""
        return self.root / "runs"

    @property
    def addresses(self) -> Addresses:
        """Return where the record is on the web, by ``xrecord.toml``; empty where not set."""
        return read_addresses(self.root / "xrecord.toml")

    @property
    def homepage(self) -> str:
        """Return the site's own address, ``homepage`` in ``xrecord.toml``; empty where not set."""
        return self.addresses.homepage


def read_addresses(path: Path) -> Addresses:
    """Return the addresses that an ``xrecord.toml`` sets; a placeholder counts as not set.

    Raises:
        UsageError: The file is not TOML, or an address is invalid.
    """
    try:
        import tomllib  # deferred: start-up

        values = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return Addresses()
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: {error}. Correct the file.") from error
    found = {item.name: _read_address(path, values, item.name) for item in fields(Addresses)}
    found["data_base"] = found["data_base"] or found["homepage"]
    return Addresses(**found)


def _read_address(path: Path, values: Mapping[str, object], name: str) -> str:
    value = values.get(name, "")
    if not isinstance(value, str):
        raise UsageError(f"{path}: {name}: expected an address in quotes, got {value!r}.")
    if not value or PLACEHOLDER in value:
        return ""
    if not (value.startswith(("https://", "http://")) and value.endswith("/")):
        raise UsageError(
            f"{path}: {name}: expected an address such as https://example.org/record/, "
            f"with the last slash, got {value!r}."
        )
    return value


def shipped_addresses() -> Addresses:
    """Return the addresses that this installation came with: those of its publisher."""
    return read_addresses(Path(__file__).parent / "xrecord.toml")


def find_project() -> Project:
    """Return the checkout that holds the current folder.

    It is the nearest folder upwards with ``schemas/fields.toml``; ``XRECORD_PROJECT`` names
    another. Raises UsageError when there is none.
    """
    named = os.environ.get("XRECORD_PROJECT")
    if named:
        return _open_checkout(
            named, f"XRECORD_PROJECT={named}", "Name another folder, or unset it."
        )
    here = Path.cwd().resolve()
    for folder in (here, *here.parents):
        if _is_checkout(folder):
            return Project(folder)
    raise UsageError(
        f"{here} is not inside a checkout of Xinjiang Record "
        "(no schemas/fields.toml here or above). "
        "Change into one, or name it: --project DIR or XRECORD_PROJECT=DIR."
    )


def _open_checkout(path: str, shown: str, hint: str) -> Project:
    if not _is_checkout(Path(path)):
        raise UsageError(
            f"{shown}: expected a checkout of Xinjiang Record, found no "
            f"schemas/fields.toml there. {hint}"
        )
    return Project(Path(path).resolve())


def _is_checkout(folder: Path) -> bool:
    return (folder / "schemas" / "fields.toml").is_file()


def deposit_notes(project: Project) -> Path:
    """Return the folder of what is noted about deposits that are not finished."""
    return project.runs / "deposits"


def default_base() -> str:
    """Return where releases are read from if nobody says: empty where nothing is known.

    It is ``XRECORD_BASE``, else ``published/`` of the checkout, else the publisher's address.
    """
    named = os.environ.get("XRECORD_BASE")
    if named:
        return named
    try:
        return str(find_project().published)
    except UsageError:
        if os.environ.get("XRECORD_PROJECT"):  # it names no checkout: say so
            raise
        return shipped_addresses().data_base


def now() -> datetime:
    """Return the present moment in UTC, for run records, custody lines and deadlines.

    Nothing published may depend on it.

    Raises:
        EnvironmentFault: the clock is so wrong that no deadline can be counted from it.
    """
    found = datetime.now(UTC)
    if not 1970 <= found.year < LAST_YEAR:
        raise EnvironmentFault(f"the clock of this machine shows {found:%Y-%m-%d}. Set the clock.")
    return found


def refuse_day_to_come(day: date, shown: str) -> None:
    """Raise UsageError for a day that has come nowhere yet; ``shown`` names the option."""
    if day > now().date() + timedelta(days=1):  # it may be tomorrow elsewhere
        raise UsageError(f"{shown}: expected today or a day before, got {day}: it is to come.")


def monotonic() -> float:
    """Return seconds from an arbitrary start, for durations and deadlines."""
    return time.monotonic()


def environment(name: str, default: str = "") -> str:
    """Return the environment variable ``name``; every other module calls this."""
    return os.environ.get(name, default)


def pause(seconds: float) -> None:
    """Sleep; the only place that does, so that tests can make time pass."""
    time.sleep(seconds)


def choose_project(path: str) -> None:
    """Make ``path`` the project of this process and of those it starts.

    Raises:
        UsageError: It is not a checkout.
    """
    project = _open_checkout(path, f"--project {path}", "Name another folder.")
    os.environ["XRECORD_PROJECT"] = str(project.root)


def prefer_environment(values: dict[str, str]) -> None:
    """Set environment variables that are not set, for this process and those it starts."""
    for name, value in values.items():
        os.environ.setdefault(name, value)


def prefer_fast_libraries() -> None:
    """Choose what Arrow and numpy do when they are imported; call it before.

    Arrow takes memory from jemalloc, which its Linux builds have. Its own choice, mimalloc, gives
    memory back so soon and takes such large pages that the system spends a fifth of the time of
    publishing on clearing them. Numpy starts no threads for linear algebra, which nothing here
    uses: each spins for a tenth of a second.
    """
    prefer_environment({"OPENBLAS_NUM_THREADS": "1"})
    if "CS_GNU_LIBC_VERSION" in os.confstr_names:
        prefer_environment({"ARROW_DEFAULT_MEMORY_POOL": "jemalloc"})


def export(values: dict[str, str]) -> None:
    """Set environment variables for this process and those it starts; "" unsets one."""
    for name, value in values.items():
        if value:
            os.environ[name] = value
        else:
            os.environ.pop(name, None)


def prepend_to_path_variable(name: str, folder: str) -> None:
    """Put ``folder`` first in a path list such as PYTHONPATH, for the processes this one starts."""
    folders = [
        item for item in os.environ.get(name, "").split(os.pathsep) if item and item != folder
    ]
    os.environ[name] = os.pathsep.join([folder, *folders])


def trust_folder() -> Path:
    """Return the user's folder of trusted roots: XRECORD_TRUST, or one in the data folder."""
    named = os.environ.get("XRECORD_TRUST")
    data = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(named) if named else Path(data) / "xinjiang-record" / "trust"


def cache_folder() -> Path:
    """Return the user's folder of downloads: XRECORD_CACHE, or one in the cache folder."""
    named = os.environ.get("XRECORD_CACHE")
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(named) if named else Path(cache) / "xinjiang-record"


def child_environment(values: dict[str, str]) -> dict[str, str]:
    """Return this process's environment with other values, for a program that it starts."""
    return {**os.environ, **values}
