"""Where releases are copied to: a folder, or an S3-compatible bucket. An object appears whole, or not at all."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from xinjiang_record import files, settings
from xinjiang_record.errors import EnvironmentFault, UsageError
from xinjiang_record.release.integrity.checksums import list_entries
from xinjiang_record.release.tables.file_info import FileInfo


class Store(Protocol):
    """A place for objects, named by paths. ``sha256`` is None where there is none; the rest raises EnvironmentFault."""

    shown: str

    def paths(self, prefix: str) -> set[str]: ...
    def sha256(self, path: str) -> str | None: ...
    def put(self, path: str, data: bytes) -> None: ...
    def delete(self, path: str) -> None: ...


class FolderStore:
    """A folder, such as a web server's root."""

    def __init__(self, root: Path) -> None:
        self._root, self.shown = root, str(root)

    def paths(self, prefix: str) -> set[str]:
        folder = self._root / prefix
        return {f"{prefix}/{path}" for path in list_entries(folder)} if folder.is_dir() else set()

    def sha256(self, path: str) -> str | None:
        return files.sha256(self._root / path) if (self._root / path).is_file() else None

    def put(self, path: str, data: bytes) -> None:
        files.write_bytes(self._root / path, data)

    def delete(self, path: str) -> None:
        files.remove_tree(self._root / path)


class BucketStore:
    """A bucket and a prefix in it, through pyarrow's S3 file system: credentials, region and ``AWS_ENDPOINT_URL`` as AWS tools have them."""

    def __init__(self, address: str) -> None:
        from pyarrow import fs  # deferred: start-up

        parts = urlsplit(address)
        if not parts.netloc or parts.query:
            raise UsageError(f"{address!r}: give s3://BUCKET or s3://BUCKET/PREFIX.")
        endpoint = settings.environment("AWS_ENDPOINT_URL")
        region = (
            settings.environment("AWS_REGION")
            or settings.environment("AWS_DEFAULT_REGION")
            or "us-east-1"
        )
        place: dict[str, Any] = {"region": region}
        if endpoint:
            place |= {
                "endpoint_override": urlsplit(endpoint).netloc,
                "scheme": urlsplit(endpoint).scheme,
            }
        self._fs, self._root, self.shown = (
            fs.S3FileSystem(**place),
            f"{parts.netloc}{parts.path}".rstrip("/"),
            address,
        )

    def paths(self, prefix: str) -> set[str]:
        from pyarrow import fs  # deferred: start-up

        chosen = fs.FileSelector(f"{self._root}/{prefix}", recursive=True, allow_not_found=True)
        with _explained(self.shown):
            found = self._fs.get_file_info(chosen)
        return {
            info.path.removeprefix(f"{self._root}/")
            for info in found
            if info.type == fs.FileType.File
        }

    def sha256(self, path: str) -> str | None:
        from pyarrow import fs  # deferred: start-up

        with _explained(self.shown):
            if self._fs.get_file_info(f"{self._root}/{path}").type != fs.FileType.File:
                return None
            digest = hashlib.sha256()
            with self._fs.open_input_stream(f"{self._root}/{path}") as stream:
                while block := stream.read(1 << 20):
                    digest.update(block)
        return digest.hexdigest()

    def put(self, path: str, data: bytes) -> None:
        kind = {"Content-Type": FileInfo(path, 0, "").media_type}
        with (
            _explained(self.shown),
            self._fs.open_output_stream(f"{self._root}/{path}", metadata=kind) as stream,
        ):
            stream.write(data)

    def delete(self, path: str) -> None:
        with _explained(self.shown):
            self._fs.delete_file(f"{self._root}/{path}")


class _explained:
    """Turns the file system's errors into an EnvironmentFault that names the store."""

    def __init__(self, shown: str) -> None:
        self._shown = shown

    def __enter__(self) -> None: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: object
    ) -> None:
        if isinstance(error, OSError):
            raise EnvironmentFault(
                f"{self._shown}: {error}. What is there stays; run the export again to go on."
            ) from error


def open_store(target: str) -> Store:
    """The store at a folder or an ``s3://`` address."""
    if target.startswith("s3://"):
        return BucketStore(target)
    if "://" in target:
        raise UsageError(f"{target!r}: releases are exported to a folder or an s3:// address.")
    return FolderStore(Path(target))
