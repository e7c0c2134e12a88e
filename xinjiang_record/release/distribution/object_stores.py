"""Write releases to a folder or an S3-compatible bucket, each object completely or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from xinjiang_record import files, settings
from xinjiang_record.errors import EnvironmentFault, UsageError
from xinjiang_record.release.integrity.checksums import NAME, list_entries
from xinjiang_record.release.integrity.json_files import json_text
from xinjiang_record.release.tables.file_info import FileInfo

LATEST = "latest.json"  # in a bucket, which has no links and no renames


class Store(Protocol):
    """Describe a place for objects that are named by paths.

    Methods raise EnvironmentFault where the place cannot be used.
    """

    shown: str

    def paths(self, prefix: str) -> set[str]:
        """Return the paths of all objects below a folder."""

    def sha256(self, path: str) -> str | None:
        """Return the SHA-256 of an object, or None where there is none."""

    def read(self, path: str) -> bytes | None:
        """Return the bytes of an object, or None where there is none."""

    def put(self, path: str, data: bytes) -> None:
        """Write an object in one step."""

    def delete(self, path: str) -> None:
        """Delete an object."""

    def point_latest(self, package: str, version: str | None) -> bool:
        """Make ``latest`` name a release that is there, in one step; return whether it changed."""


class FolderStore:
    """Write to a folder, such as a web server's root."""

    def __init__(self, root: Path) -> None:
        """Take the folder."""
        self._root, self.shown = root, str(root)

    def paths(self, prefix: str) -> set[str]:
        """Return the paths of all files below a folder."""
        folder = self._root / prefix
        return {f"{prefix}/{path}" for path in list_entries(folder)} if folder.is_dir() else set()

    def sha256(self, path: str) -> str | None:
        """Return the SHA-256 of a file, or None where there is none."""
        return files.sha256(self._root / path) if (self._root / path).is_file() else None

    def read(self, path: str) -> bytes | None:
        """Return the bytes of a file, or None where there is none."""
        return (self._root / path).read_bytes() if (self._root / path).is_file() else None

    def put(self, path: str, data: bytes) -> None:
        """Write a file in one step."""
        files.write_bytes(self._root / path, data)

    def delete(self, path: str) -> None:
        """Delete a file."""
        files.remove_tree(self._root / path)

    def point_latest(self, package: str, version: str | None) -> bool:
        """Make ``latest/`` a copy of a release; the folder is exchanged as one."""
        folder = self._root / package
        latest, staged = folder / "latest", folder / ".latest.tmp"
        files.remove_tree(staged)
        if version is None:
            was_there = latest.exists()
            files.remove_tree(latest)
            return was_there
        wanted = {
            path: files.sha256(folder / version / path) for path in list_entries(folder / version)
        }
        if latest.is_dir() and not latest.is_symlink():
            found = {path: files.sha256(latest / path) for path in list_entries(latest)}
            if found == wanted:
                return False
        for path in sorted(wanted, key=lambda path: (path == NAME, path)):
            files.make_folder((staged / path).parent)
            files.create(staged / path, (folder / version / path).read_bytes())
        files.exchange_folder(staged, latest)
        files.remove_tree(staged)
        return True


class BucketStore:
    """Write to a bucket, with a prefix, through pyarrow's S3 file system.

    Credentials, region and ``AWS_ENDPOINT_URL`` are read as by AWS's tools.
    """

    def __init__(self, address: str) -> None:
        """Take an address such as ``s3://bucket/prefix``."""
        from pyarrow import fs  # deferred: start-up

        parts = urlsplit(address)
        if not parts.netloc or parts.query:
            raise UsageError(f"{address!r}: expected s3://BUCKET or s3://BUCKET/PREFIX.")
        endpoint = settings.environment("AWS_ENDPOINT_URL")
        region = (
            settings.environment("AWS_REGION")
            or settings.environment("AWS_DEFAULT_REGION")
            or "us-east-1"
        )
        # With delayed opening a small object is one request, so a kill leaves no open upload.
        place: dict[str, Any] = {"region": region, "allow_delayed_open": True}
        if endpoint:
            scheme = urlsplit(endpoint).scheme
            place |= {"endpoint_override": urlsplit(endpoint).netloc, "scheme": scheme}
        self._file_type, self._selector = fs.FileType.File, fs.FileSelector
        self._fs = fs.S3FileSystem(**place)
        self._root, self.shown = f"{parts.netloc}{parts.path}".rstrip("/"), address

    def paths(self, prefix: str) -> set[str]:
        """Return the paths of all objects below a prefix."""
        chosen = self._selector(f"{self._root}/{prefix}", recursive=True, allow_not_found=True)
        with self._explained():
            found = self._fs.get_file_info(chosen)
        return {
            info.path.removeprefix(f"{self._root}/")
            for info in found
            if info.type == self._file_type
        }

    def sha256(self, path: str) -> str | None:
        """Return the SHA-256 of an object, or None where there is none."""
        with self._explained():
            if (stream := self._open(path)) is None:
                return None
            digest = hashlib.sha256()
            with stream:
                while block := stream.read(1 << 20):
                    digest.update(block)
        return digest.hexdigest()

    def read(self, path: str) -> bytes | None:
        """Return the bytes of an object, or None where there is none."""
        with self._explained():
            if (stream := self._open(path)) is None:
                return None
            with stream:
                return bytes(stream.read())

    def put(self, path: str, data: bytes) -> None:
        """Write an object."""
        kind = {"Content-Type": FileInfo(path, 0, "").media_type}
        with (
            self._explained(),
            self._fs.open_output_stream(f"{self._root}/{path}", metadata=kind) as stream,
        ):
            stream.write(data)

    def delete(self, path: str) -> None:
        """Delete an object."""
        with self._explained():
            self._fs.delete_file(f"{self._root}/{path}")

    def point_latest(self, package: str, version: str | None) -> bool:
        """Write ``latest.json``, a pointer: copies in a bucket cannot be exchanged as one."""
        text = render_latest(package, version)
        changed = self.read(f"{package}/{LATEST}") != text.encode()
        if changed:
            self.put(f"{package}/{LATEST}", text.encode())
        for path in self.paths(f"{package}/latest"):  # of exports by earlier versions
            self.delete(path)
        return changed

    def _open(self, path: str) -> Any:
        try:
            return self._fs.open_input_stream(f"{self._root}/{path}")
        except FileNotFoundError:
            return None

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise EnvironmentFault(
                f"{self.shown}: {error}. What is there stays; run the export again to go on."
            ) from error


def render_latest(package: str, version: str | None) -> str:
    """Return the text of a bucket's ``latest.json``."""
    path = f"{package}/{version}/datapackage.json" if version else None
    return json_text({"package": package, "version": version, "path": path})


def open_store(target: str) -> Store:
    """Return the store at a folder or an ``s3://`` address."""
    if target.startswith("s3://"):
        return BucketStore(target)
    if "://" in target:
        raise UsageError(f"{target!r}: expected a folder or an s3:// address.")
    return FolderStore(Path(target))


def open_store_apart(target: str, published: Path) -> Store:
    """Return the store at a target that is not the folder of the releases, nor inside it."""
    refuse_own_folder(target, published)
    return open_store(target)


def refuse_own_folder(target: str, published: Path) -> None:
    """Refuse a target that is the folder of the releases itself, or lies inside it.

    A copy there would overwrite what it is made from, and an archive there would be deleted.

    Raises:
        UsageError: It is.
    """
    if "://" in target or not published.is_dir():
        return
    path = Path(target).resolve()
    if any(place.exists() and place.samefile(published) for place in (path, *path.parents)):
        raise UsageError(
            f"{target}: expected a place outside of the releases, got {published} or a folder in "
            "it. Nothing was written. Name another folder."
        )
