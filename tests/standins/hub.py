"""A Hugging Face Hub on 127.0.0.1: enough of its HTTP API for the real ``huggingface_hub`` client and for ``datasets``.

    with StandInHub() as hub:
        HfApi(endpoint=hub.url, token=hub.token).create_repo(...)

Repositories live in memory with their whole history. Faults come from ``hub.fault``: a function that is asked before
each request and answers with a Fault or None. What it cannot show: large-file storage (everything is a regular file
here), and what the real Hub does that nobody has seen. The same suite runs there with ``-m live_hub``.
"""

import base64
import hashlib
import json
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

Files = dict[str, bytes]


class Then(Enum):
    """What a faulty answer does."""

    REFUSE = "answer with the fault's status, nothing applied"
    DROP = "close the connection, nothing applied"
    APPLY_AND_DROP = "apply the request, then close the connection: the answer is lost"
    APPLY_AND_REFUSE = "apply the request, then answer with the fault's status"
    HANG = "keep the connection open for the fault's seconds, then close it"


@dataclass(frozen=True)
class Fault:
    """One faulty answer."""

    then: Then
    status: int = 500
    headers: tuple[tuple[str, str], ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True)
class Request:
    """What a client asked, with its token."""

    method: str
    path: str
    token: str


@dataclass(frozen=True)
class Commit:
    """One commit: its id, title and the whole tree after it."""

    oid: str
    title: str
    files: Files


@dataclass
class Repo:
    """A dataset repository with one branch, oldest commit first."""

    repo_id: str
    private: bool
    commits: list[Commit] = field(default_factory=list)

    @property
    def head(self) -> Commit:
        return self.commits[-1]

    @property
    def files(self) -> Files:
        return self.head.files

    def push(self, files: Files, title: str) -> Commit:
        oid = hashlib.sha1(f"{self.repo_id} {len(self.commits)} {title} {time.time_ns()}".encode()).hexdigest()
        self.commits.append(Commit(oid, title, dict(files)))
        return self.head

    def at(self, revision: str) -> Commit | None:
        if revision in ("main", "HEAD", "refs/heads/main"):
            return self.head
        return next((commit for commit in self.commits if commit.oid == revision), None)


class Refusal(Exception):
    """An answer that is an error; ``code`` is what the client tells the kinds of 404 apart by."""

    def __init__(self, status: int, message: str, code: str = "") -> None:
        super().__init__(message)
        self.status, self.message, self.code = status, message, code


class StandInHub:
    """The server. ``token`` may write, ``user`` is whose it is; ``requests`` logs what was asked."""

    def __init__(self, user: str = "tester", token: str = "hf_standin0123456789") -> None:
        self.user, self.token = user, token
        self.repos: dict[str, Repo] = {}
        self.requests: list[Request] = []
        self.fault: Callable[[Request], Fault | None] = lambda request: None
        self.lock = threading.RLock()
        handler = type("BoundHandler", (_Handler,), {"hub": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> "StandInHub":
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True, name="stand-in hub"
        ).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def faults(self, *queue: Fault, method: str = "POST", path: str = "/commit/") -> None:
        """Answer the next matching requests with these faults, one each."""
        waiting = list(queue)

        def next_fault(request: Request) -> Fault | None:
            return waiting.pop(0) if waiting and request.method == method and path in request.path else None

        self.fault = next_fault

    def asked(self, method: str, path: str) -> int:
        """How many requests of this method had ``path`` in theirs."""
        return sum(request.method == method and path in request.path for request in self.requests)


def blob_oid(data: bytes) -> str:
    """The id git gives these bytes."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hub: StandInHub

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""

    def handle_any(self) -> None:
        parts = urlsplit(self.path)
        self.query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        self.route_path = unquote(parts.path)
        self.body = self._read_body()
        self.caller = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
        request = Request(self.command, self.route_path, self.caller)
        with self.hub.lock:
            self.hub.requests.append(request)
            fault = self.hub.fault(request)
        self.muted = fault is not None and fault.then in (Then.APPLY_AND_DROP, Then.APPLY_AND_REFUSE)
        try:
            if fault is None or self.muted:
                self._answer()
            if fault is not None:
                self._misbehave(fault)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    do_GET = do_POST = do_HEAD = do_DELETE = handle_any  # noqa: N815 - names that http.server calls

    def _misbehave(self, fault: Fault) -> None:
        self.muted = False
        time.sleep(fault.seconds)
        if fault.then in (Then.REFUSE, Then.APPLY_AND_REFUSE):
            self._send(fault.status, {"error": "injected"}, dict(fault.headers))
        else:
            self.close_connection = True
            self.connection.shutdown(2)

    def _answer(self) -> None:
        try:
            with self.hub.lock:
                self._route()
        except Refusal as refusal:
            headers = {"X-Error-Message": refusal.message} | ({"X-Error-Code": refusal.code} if refusal.code else {})
            self._send(refusal.status, {"error": refusal.message}, headers)

    def _read_body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def _send(
        self, status: int = 200, answer: object = None, headers: dict[str, str] | None = None, raw: bytes | None = None
    ) -> None:
        if self.muted:
            return
        body = raw if raw is not None else json.dumps(answer).encode()
        self.send_response(status)
        for name, value in (
            {"Content-Type": "application/json", "Content-Length": str(len(body))} | (headers or {})
        ).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _route(self) -> None:
        path = self.route_path
        if path == "/api/whoami-v2":
            self._must_write()
            access = {"displayName": "stand-in", "role": "write"}
            self._send(
                answer={
                    "type": "user",
                    "name": self.hub.user,
                    "orgs": [],
                    "auth": {"type": "access_token", "accessToken": access},
                }
            )
        elif path == "/api/validate-yaml":
            self._send(answer={"errors": [], "warnings": []})
        elif path == "/api/repos/create":
            self._create()
        elif path == "/api/repos/delete":
            self._delete()
        elif match := re.fullmatch(r"/api/(?:datasets|models)/([^/]+/[^/]+)(?:/([^/]+))?(?:/([^/]+))?(?:/(.*))?", path):
            self._dataset(self._repo(match[1]), match[2] or "revision", match[3] or "main", match[4] or "")
        elif match := re.fullmatch(r"/(?:datasets/)?([^/]+/[^/]+)/resolve/([^/]+)/(.+)", path):
            self._resolve(self._repo(match[1]), match[2], match[3])
        else:
            raise Refusal(404, f"the stand-in has no {self.command} {path}")

    def _must_write(self) -> None:
        if self.caller != self.hub.token:
            raise Refusal(401, "Invalid credentials in Authorization header")

    def _repo(self, repo_id: str) -> Repo:
        repo = self.hub.repos.get(repo_id)
        if repo is None or (repo.private and self.caller != self.hub.token):
            raise Refusal(404, "Repository not found", "RepoNotFound")
        return repo

    def _create(self) -> None:
        self._must_write()
        asked = json.loads(self.body)
        repo_id = f"{asked.get('organization') or self.hub.user}/{asked['name']}"
        answer = {"url": f"{self.hub.url}/datasets/{repo_id}", "name": repo_id, "id": repo_id}
        if repo_id in self.hub.repos:
            self._send(409, answer | {"error": "You already created this dataset repo"})
            return
        repo = Repo(repo_id, private=bool(asked.get("private")) or asked.get("visibility") == "private")
        repo.push({".gitattributes": b"*.parquet filter=lfs diff=lfs merge=lfs -text\n"}, "initial commit")
        self.hub.repos[repo_id] = repo
        self._send(answer=answer)

    def _delete(self) -> None:
        self._must_write()
        asked = json.loads(self.body)
        repo = self._repo(f"{asked.get('organization') or self.hub.user}/{asked['name']}")
        del self.hub.repos[repo.repo_id]
        self._send(answer={})

    def _dataset(self, repo: Repo, verb: str, revision: str, rest: str) -> None:
        commit = repo.at(revision)
        if commit is None:
            raise Refusal(404, f"Invalid rev id: {revision}", "RevisionNotFound")
        if verb == "revision":
            self._send(answer=_info(repo, commit))
        elif verb == "tree":
            self._tree(commit, rest)
        elif verb == "paths-info":
            wanted = (
                parse_qs(self.body.decode()).get("paths", []) if b"=" in self.body else json.loads(self.body)["paths"]
            )
            self._send(answer=[entry for path in wanted if (entry := _entry(commit.files, path))])
        elif verb == "commits":
            listing = [
                {"id": c.oid, "title": c.title, "message": "", "date": "2026-01-01T00:00:00.000Z", "authors": []}
                for c in repo.commits
            ]
            self._send(answer=listing[::-1])
        elif verb == "refs":
            branch = {"name": "main", "ref": "refs/heads/main", "targetCommit": repo.head.oid}
            self._send(answer={"branches": [branch], "tags": [], "converts": []})
        else:
            self._must_write()
            self._write(repo, commit, verb)

    def _write(self, repo: Repo, commit: Commit, verb: str) -> None:
        if verb == "preupload":
            self._send(
                answer={"files": [_preupload(commit.files, asked["path"]) for asked in json.loads(self.body)["files"]]}
            )
        elif verb == "super-squash":
            files = repo.files
            repo.commits.clear()
            repo.push(files, json.loads(self.body).get("message") or "squash")
            self._send(answer={})
        elif verb == "commit":
            self._commit(repo)
        else:
            raise Refusal(404, f"the stand-in has no {verb}")

    def _commit(self, repo: Repo) -> None:
        lines = [json.loads(line) for line in self.body.splitlines()]
        header, operations = lines[0]["value"], lines[1:]
        if header.get("parentCommit") not in (None, "", repo.head.oid):
            raise Refusal(412, "A commit has happened since. Please refresh and try again.")
        files = dict(repo.files)
        for operation in operations:
            _apply(files, operation["key"], operation["value"])
        commit = repo.push(files, header["summary"])
        url = f"{self.hub.url}/datasets/{repo.repo_id}/commit/{commit.oid}"
        self._send(answer={"success": True, "commitOid": commit.oid, "commitUrl": url, "hookOutput": ""})

    def _tree(self, commit: Commit, base: str) -> None:
        prefix = f"{base.rstrip('/')}/" if base else ""
        inside = [path.removeprefix(prefix) for path in commit.files if path.startswith(prefix)]
        if base and not inside:
            raise Refusal(404, f"{base} does not exist", "EntryNotFound")
        depth = 99 if self.query.get("recursive", "").lower() == "true" else 1
        paths = {
            prefix + "/".join(path.split("/")[:steps])
            for path in inside
            for steps in range(1, min(depth, path.count("/") + 1) + 1)
        }
        self._send(answer=[_entry(commit.files, path) for path in sorted(paths)])

    def _resolve(self, repo: Repo, revision: str, path: str) -> None:
        commit = repo.at(revision)
        if commit is None:
            raise Refusal(404, f"Invalid rev id: {revision}", "RevisionNotFound")
        data = commit.files.get(path)
        if data is None:
            headers = {
                "X-Error-Code": "EntryNotFound",
                "X-Error-Message": "Entry not found",
                "X-Repo-Commit": commit.oid,
            }
            self._send(404, {"error": "Entry not found"}, headers)
            return
        headers = {"X-Repo-Commit": commit.oid, "ETag": f'"{blob_oid(data)}"', "Accept-Ranges": "bytes"}
        status = 200
        if match := re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range") or ""):
            first, last = int(match[1]), min(int(match[2] or len(data)), len(data) - 1)
            headers["Content-Range"] = f"bytes {first}-{last}/{len(data)}"
            data, status = data[first : last + 1], 206
        self._send(status, headers=headers | {"Content-Type": "application/octet-stream"}, raw=data)


def _apply(files: Files, key: str, value: dict[str, Any]) -> None:
    if key == "file":
        files[value["path"]] = base64.b64decode(value["content"])
    elif key == "deletedFile":
        if files.pop(value["path"], None) is None:
            raise Refusal(404, "A file with this name doesn't exist", "EntryNotFound")
    elif key == "deletedFolder":
        for path in [path for path in files if path.startswith(value["path"].rstrip("/") + "/")]:
            del files[path]
    else:
        raise Refusal(400, f"the stand-in does not take {key}")


def _preupload(files: Files, path: str) -> dict[str, object]:
    oid = blob_oid(files[path]) if path in files else None
    return {"path": path, "uploadMode": "regular", "shouldIgnore": False, "oid": oid}


def _info(repo: Repo, commit: Commit) -> dict[str, object]:
    siblings = [{"rfilename": path} for path in sorted(commit.files)]
    return {
        "_id": "0",
        "id": repo.repo_id,
        "sha": commit.oid,
        "private": repo.private,
        "tags": [],
        "downloads": 0,
        "siblings": siblings,
    }


def _entry(files: Files, path: str) -> dict[str, object] | None:
    if path in files:
        return {"type": "file", "path": path, "size": len(files[path]), "oid": blob_oid(files[path])}
    if any(other.startswith(f"{path}/") for other in files):
        return {"type": "directory", "path": path, "size": 0, "oid": hashlib.sha1(path.encode()).hexdigest()}
    return None
