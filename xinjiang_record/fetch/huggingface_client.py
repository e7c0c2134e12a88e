"""Write to a dataset on the Hugging Face hub, through the hub's own library.

Files go by Git LFS: the hub's newer way, Xet, is a program of its own that opens connections which
this one cannot bound.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from xinjiang_record import settings
from xinjiang_record.fetch.api_client import (
    InterruptedCallError,
    RefusedCallError,
    UnreachableError,
)
from xinjiang_record.fetch.light_httpx import httpx

# The library reads these when it is imported.
settings.prefer_environment(
    {f"HF_HUB_DISABLE_{name}": "1" for name in ("XET", "TELEMETRY", "PROGRESS_BARS")}
)

from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi  # noqa: E402
from huggingface_hub.errors import HfHubHTTPError  # noqa: E402

ADDRESS = "https://huggingface.co"
BRANCH = "main"
AGAIN = frozenset({409, 412, 429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Dataset:
    """Read and write one dataset repository.

    Attributes:
        address: The hub.
        token: The token of the account; it is in no message.
        name: OWNER/NAME.
    """

    address: str
    token: str
    name: str

    @property
    def _hub(self) -> HfApi:
        return HfApi(endpoint=self.address, token=self.token)

    def create(self) -> None:
        """Create the repository, if it is not there."""
        with self._explained():
            self._hub.create_repo(self.name, repo_type="dataset", exist_ok=True)

    def tags(self) -> dict[str, str]:
        """Return the commit of each tag."""
        with self._explained():
            refs = self._hub.list_repo_refs(self.name, repo_type="dataset")
            return {tag.name: tag.target_commit for tag in refs.tags}

    def commits(self) -> list[tuple[str, str, str]]:
        """Return id, title and message of each commit, the newest first."""
        with self._explained():
            found = self._hub.list_repo_commits(self.name, repo_type="dataset", revision=BRANCH)
            return [(item.commit_id, item.title, item.message) for item in found]

    def list_files(self, revision: str) -> list[str]:
        """Return the paths of all files of a revision."""
        with self._explained():
            return list(
                self._hub.list_repo_files(self.name, repo_type="dataset", revision=revision)
            )

    def commit(
        self, title: str, message: str, wanted: Mapping[str, bytes | Path], parent: str
    ) -> str:
        """Make the dataset hold exactly ``wanted``, in one commit after ``parent``; return it."""
        gone = sorted(set(self.list_files(BRANCH)) - set(wanted) - {".gitattributes"})
        operations: list[CommitOperationAdd | CommitOperationDelete] = [
            CommitOperationAdd(path, str(data) if isinstance(data, Path) else data)
            for path, data in wanted.items()
        ]
        operations += [CommitOperationDelete(path) for path in gone]
        with self._explained():
            return self._hub.create_commit(
                self.name,
                operations,
                commit_message=title,
                commit_description=message,
                repo_type="dataset",
                revision=BRANCH,
                parent_commit=parent,
            ).oid

    def tag(self, name: str, commit: str) -> None:
        """Give a commit a tag, if the tag is not there."""
        with self._explained():
            self._hub.create_tag(
                self.name, tag=name, revision=commit, repo_type="dataset", exist_ok=True
            )

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except HfHubHTTPError as error:
            status = error.response.status_code if error.response is not None else 0
            text = f"{self.address}/datasets/{self.name}: {self._hide(error)}"
            if status in AGAIN or not status:
                raise InterruptedCallError(text) from error
            raise RefusedCallError(text, status) from error
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise UnreachableError(f"{self.address}: {self._hide(error)}.") from error
        except (httpx.HTTPError, OSError, ValueError, RuntimeError) as error:
            raise InterruptedCallError(
                f"{self.address}/datasets/{self.name}: {self._hide(error)}"
            ) from error

    def _hide(self, error: Exception) -> str:
        return str(error).replace(self.token, "***")[:500]
