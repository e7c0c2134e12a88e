"""Local servers that speak the APIs of two archives as their documentation has them, with faults.

``Zenodo``: the deposit API with buckets (developers.zenodo.org). ``Hub``: what huggingface_hub
sends: create, refs, commits, tree, preupload, LFS batch and upload, commit, tag. A fault is chosen
for each request by a function: answers of 429 and 5xx before or after the request had its effect,
connections that break before or after, answers that come too late, half uploads, and the death of
the client.
"""

from __future__ import annotations

import base64
import hashlib
import http.server
import json
import os
import re
import signal
import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

FAULTS = (
    "busy", "broken", "broken after", "cut", "cut after", "late", "half", "kill", "kill after",
)  # fmt: skip
Chooser = Callable[[str, str], str]


class ArchiveServer:
    """Answer requests by ``handle``, with the fault that ``choose`` names for each."""

    late_seconds = 0.6

    def __init__(self) -> None:
        self.choose: Chooser = lambda method, path: ""
        self.client = 0  # the process that "kill" kills
        self.calls: list[tuple[str, str]] = []
        self.tokens: set[str] = set()
        self.lock = threading.Lock()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *arguments: object) -> None: ...

            def handle_any(self) -> None:
                outer.answer(self)

            do_GET = do_POST = do_PUT = do_DELETE = handle_any  # noqa: N815

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.http.handle_error = lambda request, address: None  # type: ignore[method-assign]
        self.address = f"http://127.0.0.1:{self.http.server_port}"

    def answer(self, request: http.server.BaseHTTPRequestHandler) -> None:
        request.close_connection = True
        fault = self.choose(request.command, request.path)
        if fault == "busy":
            return self.send(request, 429, {"message": "slow down"}, {"Retry-After": "0"})
        if fault == "broken":
            return self.send(request, 503, {"message": "maintenance"})
        if fault == "cut":
            return None
        if fault == "kill":
            return self.kill()
        body = self.read_body(request, half=fault == "half")
        with self.lock:
            self.calls.append((request.command, request.path))
            self.tokens.add(request.headers.get("Authorization", ""))
            status, value = self.handle(request.command, request.path, body)
        if fault in ("cut after", "half"):
            return None
        if fault == "kill after":
            return self.kill()
        if fault == "broken after":
            status, value = 502, {"message": "bad gateway"}
        if fault == "late":
            time.sleep(self.late_seconds)
        return self.send(request, status, value)

    def read_body(self, request: http.server.BaseHTTPRequestHandler, half: bool) -> bytes:
        if request.headers.get("Transfer-Encoding") == "chunked":
            parts = []
            while size := int(request.rfile.readline().split(b";")[0], 16):
                parts.append(request.rfile.read(size))
                request.rfile.readline()
            request.rfile.readline()
            data = b"".join(parts)
            return data[: len(data) // 2] if half else data
        size = int(request.headers.get("Content-Length", 0))
        return request.rfile.read(size // 2 if half else size)

    def send(
        self, request: http.server.BaseHTTPRequestHandler, status: int, value: Any,
        headers: dict[str, str] | None = None,
    ) -> None:  # fmt: skip
        data = b"" if value is None else json.dumps(value).encode()
        request.send_response(status)
        for name, text in {"Content-Type": "application/json", **(headers or {})}.items():
            request.send_header(name, text)
        request.send_header("Content-Length", str(len(data)))
        # Unsaid, a client may send its next request into a connection that is about to end.
        request.send_header("Connection", "close")
        request.end_headers()
        request.wfile.write(data)

    def kill(self) -> None:
        os.kill(self.client, signal.SIGKILL)

    def handle(self, method: str, path: str, body: bytes) -> tuple[int, Any]:
        raise NotImplementedError


class Zenodo(ArchiveServer):
    """Depositions in memory."""

    def __init__(self) -> None:
        super().__init__()
        self.deposits: dict[int, dict[str, Any]] = {}
        self.files: dict[int, dict[str, bytes]] = {}

    @property
    def published(self) -> list[dict[str, Any]]:
        return [row for row in self.deposits.values() if row["submitted"]]

    def handle(self, method: str, path: str, body: bytes) -> tuple[int, Any]:
        parts = urlsplit(path)
        if method == "PUT" and (found := re.fullmatch(r"/api/files/b(\d+)/(.+)", parts.path)):
            number, name = int(found[1]), unquote(found[2])
            if self.deposits[number]["submitted"]:
                return 403, {"message": "is published"}
            self.files[number][name] = body
            return 201, {"key": name, "checksum": f"md5:{hashlib.md5(body).hexdigest()}"}
        found = re.fullmatch(r"/api/deposit/depositions(?:/(\d+))?(/.*)?", parts.path)
        if not found:
            return 404, {"message": "no such page"}
        if not found[1]:
            return self.collection(method, parse_qs(parts.query), body)
        number, rest = int(found[1]), found[2] or ""
        if number not in self.deposits:
            return 404, {"message": "no such deposit"}
        row = self.deposits[number]
        if (method, rest) == ("GET", ""):
            return 200, row
        if (method, rest) == ("GET", "/files"):
            return 200, self.list_files(number)
        if (method, rest) == ("POST", "/actions/newversion"):
            return 201, self.new_version(row)
        if row["submitted"]:
            return 403, {"message": "is published"}
        if (method, rest) == ("PUT", ""):
            row["metadata"] = json.loads(body)["metadata"]
            return 200, row
        if method == "DELETE" and rest.startswith("/files/"):
            self.files[number].pop(rest.removeprefix("/files/"))
            return 204, None
        if (method, rest) == ("POST", "/actions/publish"):
            if not self.files[number] or not row["metadata"].get("title"):
                return 400, {"message": "validation error"}
            row |= {"submitted": True, "state": "done", "doi": f"10.5281/zenodo.{number}"}
            row["links"]["record_html"] = f"{self.address}/records/{number}"
            return 202, row
        return 405, {"message": "method not allowed"}

    def collection(self, method: str, query: dict[str, list[str]], body: bytes) -> tuple[int, Any]:
        if method == "POST":
            number = len(self.deposits) + 101
            return 201, self.new_row(number, number - 1, json.loads(body).get("metadata", {}))
        size, page = int(query["size"][0]), int(query["page"][0])
        rows = sorted(self.deposits.values(), key=lambda row: -row["id"])
        return 200, rows[size * (page - 1) : size * page]

    def new_row(self, number: int, concept: int, metadata: dict[str, Any]) -> dict[str, Any]:
        place = f"{self.address}/api/deposit/depositions/{number}"
        self.files[number] = {}
        self.deposits[number] = {
            "id": number, "metadata": metadata, "submitted": False, "state": "unsubmitted",
            "conceptrecid": str(concept), "conceptdoi": f"10.5281/zenodo.{concept}",
            "links": {"self": place, "bucket": f"{self.address}/api/files/b{number}",
                      "publish": f"{place}/actions/publish"},
        }  # fmt: skip
        return self.deposits[number]

    def new_version(self, row: dict[str, Any]) -> dict[str, Any]:
        """One draft at a time: asked for again, it is the same; it begins with the old files."""
        concept = row["conceptrecid"]
        drafts = [
            other for other in self.deposits.values()
            if other["conceptrecid"] == concept and not other["submitted"]
        ]  # fmt: skip
        if not drafts:
            number = len(self.deposits) + 101
            drafts = [self.new_row(number, int(concept), dict(row["metadata"]))]
            self.files[number] = dict(self.files[row["id"]])
        return {**row, "links": {**row["links"], "latest_draft": drafts[0]["links"]["self"]}}

    def list_files(self, number: int) -> list[dict[str, Any]]:
        return [
            {"id": name, "filename": name, "filesize": len(data),
             "checksum": hashlib.md5(data).hexdigest()}
            for name, data in self.files[number].items()
        ]  # fmt: skip


class Hub(ArchiveServer):
    """One dataset in memory: commits with their files, LFS objects, tags."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.exists = False
        self.commits: list[dict[str, Any]] = []
        self.tags: dict[str, str] = {}
        self.objects: dict[str, bytes] = {}

    @property
    def files(self) -> dict[str, bytes]:
        return dict(self.commits[-1]["files"]) if self.commits else {}

    def handle(self, method: str, path: str, body: bytes) -> tuple[int, Any]:
        parts = urlsplit(path)
        if parts.path.startswith("/upload/"):
            digest = parts.path.rpartition("/")[2]
            if hashlib.sha256(body).hexdigest() != digest:
                return 400, {"error": "the bytes are not those of the id"}
            self.objects[digest] = body
            return 200, None
        if (method, parts.path) == ("POST", "/api/repos/create"):
            if self.exists:
                return 409, {"error": "exists", "url": f"{self.address}/datasets/{self.name}"}
            self.exists = True
            self.add_commit("initial commit", "", {".gitattributes": b"*.parquet filter=lfs\n"})
            return 200, {"url": f"{self.address}/datasets/{self.name}", "name": self.name}
        if parts.path == f"/datasets/{self.name}.git/info/lfs/objects/batch":
            return 200, {"transfer": "basic", "objects": [
                self.offer(item) for item in json.loads(body)["objects"]
            ]}  # fmt: skip
        if parts.path == "/api/validate-yaml":
            return 200, {"errors": [], "warnings": []}
        rest = parts.path.removeprefix(f"/api/datasets/{self.name}/")
        if rest == parts.path or not self.exists:
            return 404, {"error": "not found"}
        if rest == "refs":
            return 200, {
                "branches": [self.ref("heads", "main", self.commits[-1]["id"])], "converts": [],
                "tags": [self.ref("tags", *item) for item in self.tags.items()],
            }  # fmt: skip
        if rest.startswith("commits/"):
            return 200, [self.show(commit) for commit in reversed(self.commits)]
        if rest.startswith(("tree/", "revision/")):
            rows = [
                {"type": "file", "path": name, "size": len(data), "oid": git_blob(data)}
                for name, data in self.files.items()
            ]
            if rest.startswith("tree/"):
                return 200, rows
            return 200, {"id": self.name, "sha": self.commits[-1]["id"],
                         "siblings": [{"rfilename": row["path"]} for row in rows]}  # fmt: skip
        if rest.startswith("preupload/"):
            return 200, {"files": [
                {"path": item["path"], "shouldIgnore": False,
                 "uploadMode": "lfs" if item["path"].endswith((".parquet", ".zip")) else "regular"}
                for item in json.loads(body)["files"]
            ]}  # fmt: skip
        if rest.startswith("commit/"):
            return self.commit(body)
        if rest.startswith("tag/"):
            name = json.loads(body)["tag"]
            if name in self.tags:
                return 409, {"error": "tag exists"}
            self.tags[name] = unquote(rest.removeprefix("tag/"))
            return 200, None
        return 404, {"error": "not found"}

    def offer(self, item: dict[str, Any]) -> dict[str, Any]:
        if item["oid"] in self.objects:
            return item
        upload = {"href": f"{self.address}/upload/{item['oid']}", "header": {}}
        return {**item, "actions": {"upload": upload}}

    def ref(self, kind: str, name: str, commit: str) -> dict[str, str]:
        return {"name": name, "ref": f"refs/{kind}/{name}", "targetCommit": commit}

    def show(self, commit: dict[str, Any]) -> dict[str, Any]:
        return {"id": commit["id"], "title": commit["title"], "message": commit["message"],
                "authors": [{"user": "someone"}], "date": "2026-11-27T00:00:00.000Z"}  # fmt: skip

    def add_commit(self, title: str, message: str, files: dict[str, bytes]) -> dict[str, Any]:
        digest = hashlib.sha1(f"{len(self.commits)} {title}".encode()).hexdigest()
        self.commits.append({"id": digest, "title": title, "message": message, "files": files})
        return self.commits[-1]

    def commit(self, body: bytes) -> tuple[int, Any]:
        lines = [json.loads(line) for line in body.splitlines() if line.strip()]
        header, files = lines[0]["value"], self.files
        if header.get("parentCommit") not in (None, self.commits[-1]["id"]):
            return 412, {"error": "another commit came in between"}
        for line in lines[1:]:
            value = line["value"]
            if line["key"] == "file":
                files[value["path"]] = base64.b64decode(value["content"])
            elif line["key"] == "lfsFile":
                if value["oid"] not in self.objects:
                    return 400, {"error": "an object is missing"}
                files[value["path"]] = self.objects[value["oid"]]
            else:
                files.pop(value["path"], None)
        made = self.add_commit(header["summary"], header["description"], files)
        page = f"{self.address}/datasets/{self.name}/commit/{made['id']}"
        return 200, {"success": True, "commitOid": made["id"], "commitUrl": page, "hookOutput": ""}


def git_blob(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()
