"""Deposits in archives: each version once, whatever breaks, and the DOI in the citation."""

from __future__ import annotations

import importlib.util
import json
import os
import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest
from click.testing import CliRunner, Result

import xinjiang_record as xr
from tests.web_servers import free_port, running
from xinjiang_record.cli.release_commands.deposit import deposit
from xinjiang_record.errors import FetchError, ReleaseError, UsageError, VerifyError
from xinjiang_record.fetch.api_client import Api
from xinjiang_record.fetch.huggingface_client import Dataset  # noqa: F401 - before the forks
from xinjiang_record.limits import LIMITS
from xinjiang_record.release import publish
from xinjiang_record.release.deposit.deposit_release import Desk, deposit_at_zenodo
from xinjiang_record.release.deposit.huggingface import deposit_at_huggingface
from xinjiang_record.release.distribution.mirror import export_releases
from xinjiang_record.release.integrity import deposits
from xinjiang_record.release.integrity.verify import verify
from xinjiang_record.release.integrity.versions_json import parse_ledger
from xinjiang_record.release.recover import recover
from xinjiang_record.release.signing.ledger_growth import find_shrinkage
from xinjiang_record.release.withdraw import withdraw
from xinjiang_record.settings import Addresses

# The hub's library sends the parts of a large file in a way that httpx is about to drop.
pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=<...>':DeprecationWarning")
TOKEN = "a-token-that-nobody-may-see"
HERE = Path(__file__).resolve().parent


def load(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


servers = load("archive_servers", HERE / "archive_servers.py")


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = load("made_up_for_deposits", HERE.parent / "faults" / "publisher.py")
    folder = tmp_path_factory.mktemp("record") / "published"
    for variant in (0, 1):
        publish(made.candidate(variant), folder)
    return folder


@pytest.fixture
def desk(original: Path, tmp_path: Path) -> Desk:
    published = Path(shutil.copytree(original, tmp_path / "published", symlinks=True))
    address = Addresses(homepage="https://example.org/record/")
    return Desk(published, tmp_path / "notes", False, date(2026, 11, 27), address)


@pytest.fixture
def zenodo() -> Iterator[servers.Zenodo]:
    server = servers.Zenodo()
    with running(server.http):
        yield server


@pytest.fixture
def hub() -> Iterator[servers.Hub]:
    server = servers.Hub("someone/made-up")
    with running(server.http):
        yield server


def api(server: servers.ArchiveServer) -> Api:
    return Api(server.address, TOKEN, seconds=0.4, attempts=4, pause_seconds=0.001)


def at_zenodo(desk: Desk, server: servers.Zenodo, version: str = "1.0.0") -> deposits.Deposit:
    return deposit_at_zenodo(desk, api(server), "made-up", version, lambda line: None)


def test_a_version_is_deposited_once_with_its_files_and_metadata(
    desk: Desk, zenodo: servers.Zenodo
) -> None:
    done = at_zenodo(desk, zenodo)
    (row,) = zenodo.published
    assert (done.record, done.doi) == (str(row["id"]), row["doi"])
    folder = desk.published / "made-up/1.0.0"
    sent = zenodo.files[row["id"]]
    assert set(sent) >= {"made-up-1.0.0.zip", "SHA256SUMS", "README.md", "CITATION.cff"}
    for name, data in sent.items():
        (path,) = {*folder.glob(name), *folder.glob(f"downloads/{name}")}
        assert path.read_bytes() == data
    descriptor = json.loads((folder / "datapackage.json").read_text())
    metadata = row["metadata"]
    assert metadata["title"] == descriptor["title"] and metadata["version"] == "1.0.0"
    assert metadata["upload_type"] == "dataset" and metadata["publication_date"] == "2026-11-23"
    related = {item["relation"]: item["identifier"] for item in metadata["related_identifiers"]}
    assert related["isDocumentedBy"] == "https://example.org/record/data/made-up/1.0.0.html"
    assert zenodo.tokens == {f"Bearer {TOKEN}"}
    before = len(zenodo.calls)
    assert at_zenodo(desk, zenodo) == done and len(zenodo.calls) == before
    assert list(desk.notes.glob("*.txt")) == []


def ledger(desk: Desk) -> dict:
    """Return the ledger of the made-up package."""
    text = (desk.published / "made-up/versions.json").read_text("utf-8")
    return dict(json.loads(text))


def test_the_doi_is_in_the_ledger_and_in_every_citation(
    desk: Desk, zenodo: servers.Zenodo, tmp_path: Path
) -> None:
    assert "doi.org" not in xr.cite("made-up", version="1.0.0", base=desk.published)
    done = at_zenodo(desk, zenodo)
    assert verify(desk.published) == []
    for style in ("text", "bibtex", "ris", "csl", "cff"):
        assert done.doi in xr.cite("made-up", style=style, version="1.0.0", base=desk.published)
        later = xr.cite("made-up", style=style, version="1.1.0", base=desk.published)
        assert done.doi not in later
    path = desk.published / "made-up/deposits/1.0.0.datacite.json"
    datacite = json.loads(path.read_text())
    assert [item.get("doi") for item in ledger(desk)["versions"]] == [done.doi, None]
    table = xr.load("made-up", "things", "1.0.0", base=desk.published)
    assert done.doi in table.attrs["citation"]
    assert datacite["doi"] == done.doi and datacite["version"] == "1.0.0"
    sealed = json.loads((desk.published / "made-up/1.0.0/metadata/datacite.json").read_text())
    extra = {"doi", "identifiers", "url"}
    assert {key: datacite[key] for key in datacite.keys() - extra - {"formats", "sizes"}} == {
        key: sealed[key] for key in sealed.keys() - {"formats", "sizes"}
    }
    export_releases(desk.published, str(tmp_path / "copy"))
    assert done.doi in xr.cite("made-up", version="1.0.0", base=tmp_path / "copy")
    assert export_releases(desk.published, str(tmp_path / "copy")).sent == 0


def test_the_next_version_is_a_version_of_the_same_deposit(
    desk: Desk, zenodo: servers.Zenodo
) -> None:
    first, second = at_zenodo(desk, zenodo), at_zenodo(desk, zenodo, "1.1.0")
    assert first.concept_doi == second.concept_doi and first.doi != second.doi
    assert "made-up-1.0.0.zip" not in zenodo.files[int(second.record)]
    assert "made-up-1.1.0.zip" in zenodo.files[int(second.record)]
    assert [row["metadata"]["version"] for row in zenodo.published] == ["1.0.0", "1.1.0"]


def test_a_deposit_that_nobody_noted_is_found_again(desk: Desk, zenodo: servers.Zenodo) -> None:
    """The notes are lost, and there are more deposits than a page has."""
    done = at_zenodo(desk, zenodo)
    for number in range(300, 430):
        zenodo.new_row(number, number - 1, {"title": "something else"})
    shutil.rmtree(desk.published / "made-up/deposits")
    assert replace(at_zenodo(desk, zenodo)) == done
    assert len(zenodo.published) == 1


def test_what_may_not_be_deposited(desk: Desk, zenodo: servers.Zenodo) -> None:
    withdraw(desk.published, "made-up", "1.1.0", "A source was misread.", on="2026-11-27")
    with pytest.raises(ReleaseError, match=r"misread. It is not deposited"):
        at_zenodo(desk, zenodo, "1.1.0")
    page = desk.published / "made-up/1.0.0/README.md"
    page.write_bytes(page.read_bytes() + b"x")
    with pytest.raises(VerifyError, match="Nothing was deposited"):
        at_zenodo(desk, zenodo)
    assert zenodo.deposits == {}


def test_a_published_deposit_with_other_files_is_not_taken(
    desk: Desk, zenodo: servers.Zenodo
) -> None:
    done = at_zenodo(desk, zenodo)
    zenodo.files[int(done.record)]["README.md"] = b"other"
    shutil.rmtree(desk.published / "made-up/deposits")
    with pytest.raises(VerifyError, match=r"other files: README\.md"):
        at_zenodo(desk, zenodo)
    assert not (desk.published / "made-up/deposits").exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda value: {**value, "release_id": "0" * 64}, "another release"),
        (lambda value: {**value, "version": "1.1.0"}, "another release"),
        (lambda value: {**value, "doi": "x"}, "doi"),
        (lambda value: {**value, "more": 1}, "more"),
    ],
)
def test_a_note_that_is_wrong_is_a_problem(
    desk: Desk, zenodo: servers.Zenodo, change: Callable[[dict], dict], words: str
) -> None:
    at_zenodo(desk, zenodo)
    path = desk.published / "made-up/deposits/1.0.0.zenodo.json"
    path.write_text(json.dumps(change(json.loads(path.read_text())), indent=2) + "\n")
    assert any(words in problem for problem in verify(desk.published))
    (path.parent / "extra").write_text("x")
    assert any("extra: does not belong there" in item for item in verify(desk.published))
    for name, make in {
        "1.1.0.zenodo.json": Path.mkdir,
        "1.2.0.zenodo.json": lambda place: place.symlink_to(path.name),
    }.items():
        make(path.with_name(name))
        assert any(f"{name}: does not belong there" in item for item in verify(desk.published))


def test_ledger_and_note_must_name_the_same_doi(desk: Desk, zenodo: servers.Zenodo) -> None:
    """Each is made good from the file: by the next deposit, or the next release."""
    done = at_zenodo(desk, zenodo)
    path, whole = desk.published / "made-up/versions.json", ledger(desk)
    for doi in (None, "10.5281/zenodo.1"):
        told = json.loads(json.dumps(whole))
        told["versions"][0]["doi"] = doi
        if doi is None:  # killed between the file and the ledger
            del told["versions"][0]["doi"]
        path.write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", "utf-8")
        assert any(f"got {done.doi}" in problem for problem in verify(desk.published))
        at_zenodo(desk, zenodo)
        assert verify(desk.published) == [] and ledger(desk) == whole
    path.unlink()
    recover(path.parent)
    assert ledger(desk) == whole
    (path.parent / "deposits/1.0.0.zenodo.json").unlink()
    assert any("has the DOI" in problem for problem in verify(desk.published))
    there = parse_ledger(path.read_bytes(), "")
    later = replace(there, versions=tuple({**item, "doi": ""} for item in there.versions))
    assert any(done.doi in problem for problem in find_shrinkage(there, later))


def test_a_note_of_another_release_gives_the_ledger_no_doi(
    desk: Desk, zenodo: servers.Zenodo
) -> None:
    done = at_zenodo(desk, zenodo)
    folder = desk.published / "made-up"
    there = parse_ledger((folder / "versions.json").read_bytes(), "")
    bare = replace(
        there,
        versions=tuple(
            {name: item for name, item in entry.items() if name != "doi"}
            for entry in there.versions
        ),
    )
    found = deposits.restore_dois(folder, bare)
    assert found.versions[0]["doi"] == done.doi
    path = folder / "deposits/1.0.0.zenodo.json"
    path.write_text(path.read_text().replace(done.release_id, "0" * 64))
    assert deposits.restore_dois(folder, bare) == bare


def test_what_a_killed_run_left_next_to_the_notes_is_removed(
    desk: Desk, zenodo: servers.Zenodo
) -> None:
    left = desk.published / "made-up/deposits/.1.0.0.zenodo.json.77.tmp"
    left.parent.mkdir()
    left.write_text("{")
    assert any("does not belong there" in problem for problem in verify(desk.published))
    at_zenodo(desk, zenodo)
    assert verify(desk.published) == []


def test_the_sandbox_leaves_nothing_next_to_the_ledger(desk: Desk, zenodo: servers.Zenodo) -> None:
    desk = replace(desk, is_sandbox=True)
    done = at_zenodo(desk, zenodo)
    assert at_zenodo(desk, zenodo) == done and len(zenodo.published) == 1
    assert not (desk.published / "made-up/deposits").exists()
    assert "doi.org" not in xr.cite("made-up", version="1.0.0", base=desk.published)


def test_no_message_has_the_token_and_it_goes_to_one_host(
    desk: Desk, zenodo: servers.Zenodo
) -> None:
    zenodo.handle = lambda method, path, body: (401, {"message": f"wrong token {TOKEN}"})
    with pytest.raises(FetchError, match=r"status 401: .*\*\*\*") as failed:
        at_zenodo(desk, zenodo)
    assert TOKEN not in str(failed.value)
    other = {"id": 1, "links": {"bucket": "http://127.0.0.2:9/bucket"}, "submitted": False}
    zenodo.handle = lambda method, path, body: (200, [] if method == "GET" else other)
    with pytest.raises(FetchError, match="another host"):
        at_zenodo(desk, zenodo)
    for address in ("http://example.org", "ftp://example.org", "zenodo.org", "http://10.0.0.1"):
        with pytest.raises(UsageError, match="expected an https address"):
            Api(address, TOKEN)


def run_until_done(work: Callable[[], object], server: servers.ArchiveServer, most: int) -> int:
    """Run work in processes that may be killed, until one ends well; return how many it took."""
    for number in range(1, most + 1):
        child = os.fork()
        if not child:
            code = 1
            try:
                work()
                code = 0
            except FetchError:
                code = 3
            finally:
                os._exit(code)
        server.client = child
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0:
            return number
        assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 3, status
    raise AssertionError(f"not done after {most} runs")


def faulty(server: servers.ArchiveServer, seed: int, share: float) -> None:
    dice = random.Random(seed)

    def choose(method: str, path: str) -> str:
        with server.lock:
            return dice.choice(servers.FAULTS) if dice.random() < share else ""

    server.choose = choose


def with_faults(desk: Desk, server: servers.Zenodo, seed: int) -> int:
    faulty(server, seed, 0.25)
    return run_until_done(lambda: at_zenodo(desk, server), server, 60)


SEEDS = [
    *range(10),
    *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(10, 100)),
]


@pytest.mark.medium
@pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")
@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_breaks_one_deposit_a_version(
    desk: Desk, zenodo: servers.Zenodo, seed: int
) -> None:
    with_faults(desk, zenodo, seed)
    zenodo.choose = lambda method, path: ""
    (row,) = zenodo.deposits.values()
    assert row["submitted"] and set(zenodo.files[row["id"]]) == {
        path.name for path in (desk.published / "made-up/1.0.0/downloads").iterdir()
    } | {"README.md", "CHANGES.md", "CITATION.cff", "LICENSE", "SHA256SUMS"}
    assert verify(desk.published) == []
    calls = len(zenodo.calls)
    assert at_zenodo(desk, zenodo).doi == row["doi"] and len(zenodo.calls) == calls


def at_hub(desk: Desk, hub: servers.Hub, version: str = "1.0.0") -> deposits.Deposit:
    return deposit_at_huggingface(
        desk, hub.address, TOKEN, hub.name, "made-up", version, lambda line: None, 0.001
    )


@pytest.mark.parametrize("archive", ["zenodo", "huggingface"])
def test_an_archive_that_cannot_be_reached_is_not_tried_for_minutes(
    desk: Desk, archive: str
) -> None:
    said: list[str] = []
    nowhere = f"http://127.0.0.1:{free_port()}"
    longest = LIMITS.unreachable_seconds + 1.0  # a pause that the limit does not leave time for
    with pytest.raises(FetchError, match="Check the network, and run the command again"):
        if archive == "zenodo":
            api = Api(nowhere, TOKEN, attempts=4, pause_seconds=longest)
            deposit_at_zenodo(desk, api, "made-up", "latest", said.append)
        else:
            deposit_at_huggingface(
                desk, nowhere, TOKEN, "someone/made-up", "made-up", "latest", said.append, longest
            )
    assert not any("Trying again" in line for line in said)


def test_a_release_is_a_tagged_commit_of_a_dataset(desk: Desk, hub: servers.Hub) -> None:
    done = at_hub(desk, hub)
    folder = desk.published / "made-up/1.0.0"
    wanted = {
        f"1.0.0/{path.relative_to(folder)}": path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
    card = hub.files["README.md"].decode()
    assert {name: data for name, data in hub.files.items() if name[0] == "1"} == wanted
    assert "license: cc-by-4.0" in card and "- 1.0.0/data/things.parquet" in card
    assert hub.tags == {"1.0.0": done.record.rpartition("/")[2]} and len(hub.commits) == 2
    assert at_hub(desk, hub) == done and verify(desk.published) == []
    shutil.rmtree(desk.published / "made-up/deposits")
    assert at_hub(desk, hub) == done and len(hub.commits) == 2
    at_hub(desk, hub, "1.1.0")
    assert {name.partition("/")[0] for name in hub.files} == {
        "1.1.0", "README.md", ".gitattributes"}  # fmt: skip
    assert len(hub.commits) == 3 and set(hub.tags) == {"1.0.0", "1.1.0"}


def test_a_tag_of_something_else_is_refused(desk: Desk, hub: servers.Hub) -> None:
    hub.exists = True
    hub.tags["1.0.0"] = hub.add_commit("mine", "", {})["id"]
    with pytest.raises(FetchError, match=r"its tag 1\.0\.0 is of another release"):
        at_hub(desk, hub)


@pytest.mark.medium
@pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")
@pytest.mark.parametrize(
    "seed", [*range(3), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(3, 20))]
)
def test_whatever_breaks_one_commit_and_one_tag_a_version(
    desk: Desk, hub: servers.Hub, seed: int
) -> None:
    kinds = ("cut", "cut after", "broken after", "kill", "kill after")
    dice = random.Random(seed)

    def choose(method: str, path: str) -> str:
        with hub.lock:
            return dice.choice(kinds) if dice.random() < 0.1 else ""

    hub.choose = choose
    run_until_done(lambda: at_hub(desk, hub), hub, 60)
    assert len(hub.commits) == 2 and hub.tags == {"1.0.0": hub.commits[1]["id"]}
    assert verify(desk.published) == []


def test_the_command(
    desk: Desk, zenodo: servers.Zenodo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas/fields.toml").write_text("")
    monkeypatch.chdir(tmp_path)
    for name in ("ZENODO_TOKEN", "ZENODO_SANDBOX_TOKEN"):
        monkeypatch.delenv(name, raising=False)

    def xrecord(*arguments: str) -> Result:
        return CliRunner().invoke(deposit, arguments)

    there = ("made-up@1.0.0", "--to", "zenodo", "--server", zenodo.address)
    with pytest.raises(UsageError, match="ZENODO_TOKEN: expected a token"):
        raise xrecord(*there).exception or AssertionError
    monkeypatch.setenv("ZENODO_TOKEN", TOKEN)
    monkeypatch.setenv("ZENODO_SANDBOX_TOKEN", TOKEN)
    tried, done, again = xrecord(*there, "--sandbox"), xrecord(*there), xrecord(*there)
    assert tried.exit_code == done.exit_code == again.exit_code == 0, done.output
    assert done.stdout == f"made-up 1.0.0: 10.5281/zenodo.{zenodo.published[-1]['id']}\n"
    assert again.stdout == done.stdout and "was deposited on" in again.stderr
    assert all(TOKEN not in run.output for run in (tried, done, again))
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    for more, words in (((), "--repository: expected OWNER/NAME"), (("--sandbox",), "Omit it")):
        with pytest.raises(UsageError, match=words):
            raise xrecord("made-up", "--to", "huggingface", *more).exception or AssertionError
