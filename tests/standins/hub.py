"""A Hugging Face Hub on 127.0.0.1: enough of its HTTP API for the real ``huggingface_hub`` client and for ``datasets``.

    with StandInHub() as hub:
        HfApi(endpoint=hub.url, token=hub.token).create_repo(...)

Repositories live in memory with their whole history. Faults come from ``hub.fault``: a function that is asked before
each request and answers with a Fault or None. What it cannot show: large-file storage (everything is a regular file
here), and what the real Hub does that nobody has seen. The same suite runs there with ``-m live_hub``.
"""

import json
import re
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from urllib.parse import parse_qs, unquote, urlsplit

from tests.standins.hub_repos import (
    Commit,
    Fault,
    Refusal,
    Repo,
    Request,
    Then,
    apply_operation,
    blob_oid,
    preupload_answer,
    repo_info,
    tree_entry,
)
from tests.standins.hub_spaces import SPACE_VERBS, HubSpaces, Reply


class StandInHub:
    """The server. ``token`` may write, ``user`` is whose it is, ``access`` is what ``whoami`` tells of the token;
    ``requests`` logs what was asked.
    """

    def __init__(self, user: str = "tester", token: str = "hf_standin0123456789") -> None:
        self.user, self.token = user, token
        self.access: dict[str, object] = {"displayName": "stand-in", "role": "write"}
        self.repos: dict[str, Repo] = {}
        self.requests: list[Request] = []
        self.fault: Callable[[Request], Fault | None] = lambda request: None
        self.lock = threading.RLock()
        handler = type("BoundHandler", (_Handler,), {"hub": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.spaces = HubSpaces(self.url)

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


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # headers and body are two writes, and the second would wait 40 ms for an answer
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

    do_GET = do_POST = do_HEAD = do_DELETE = do_PUT = handle_any  # noqa: N815 - names that http.server calls

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
            token = {"type": "access_token", "accessToken": self.hub.access}
            self._send(answer={"type": "user", "name": self.hub.user, "orgs": [], "auth": token})
        elif path == "/api/validate-yaml":
            self._send(answer={"errors": [], "warnings": []})
        elif path == "/api/repos/create":
            self._create()
        elif path == "/api/repos/delete":
            self._delete()
        elif match := re.fullmatch(r"/api/(?:datasets|models)/([^/]+/[^/]+)(?:/([^/]+))?(?:/([^/]+))?(?:/(.*))?", path):
            self._dataset(self._repo(match[1]), match[2] or "revision", match[3] or "main", match[4] or "")
        elif match := re.fullmatch(r"/api/spaces/([^/]+/[^/]+)(?:/([^/]+))?(?:/([^/]+))?(?:/(.*))?", path):
            self._space(match[1], match[2] or "revision", match[3] or "main", match[4] or "")
        elif path.startswith("/hosts/"):
            self._reply(self.hub.spaces.host(path, self.caller == self.hub.token))
        elif match := re.fullmatch(r"/api/buckets/([^/]+/[^/]+)", path):
            self._must_write()
            self._reply(self.hub.spaces.bucket(match[1], self.command, json.loads(self.body or b"{}"), self.hub.user))
        elif match := re.fullmatch(r"/(?:datasets/)?([^/]+/[^/]+)/resolve/([^/]+)/(.+)", path):
            self._resolve(self._repo(match[1]), match[2], match[3])
        else:
            raise Refusal(404, f"the stand-in has no {self.command} {path}")

    def _reply(self, reply: Reply) -> None:
        self._send(reply.status, reply.answer, dict(reply.headers), reply.raw)

    def _space(self, repo_id: str, verb: str, second: str, rest: str) -> None:
        space = self.hub.spaces.repos.get(repo_id)
        if space is None or (space.private and self.caller != self.hub.token):
            raise Refusal(404, "Repository not found", "RepoNotFound")
        if verb in SPACE_VERBS:
            if verb != "runtime":
                self._must_write()
            asked = json.loads(self.body or b"{}")
            self._reply(self.hub.spaces.route(space, verb, second, self.command, asked, urlsplit(self.path).query))
        elif verb == "revision":
            self._send(answer=self.hub.spaces.info(space))
        else:
            before = space.head
            self._dataset(space, verb, second, rest)
            if space.head is not before:
                self.hub.spaces.changed(space, build=True)

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
        if asked.get("type") == "space":
            self._reply(self.hub.spaces.create(repo_id, asked))
            return
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
        repo_id = f"{asked.get('organization') or self.hub.user}/{asked['name']}"
        repos = self.hub.spaces.repos if asked.get("type") == "space" else self.hub.repos
        if repo_id not in repos:
            raise Refusal(404, "Repository not found", "RepoNotFound")
        del repos[repo_id]
        self._send(answer={})

    def _dataset(self, repo: Repo, verb: str, revision: str, rest: str) -> None:
        commit = repo.at(revision)
        if commit is None:
            raise Refusal(404, f"Invalid rev id: {revision}", "RevisionNotFound")
        if verb == "revision":
            self._send(answer=repo_info(repo, commit))
        elif verb == "tree":
            self._tree(commit, rest)
        elif verb == "paths-info":
            wanted = (
                parse_qs(self.body.decode()).get("paths", []) if b"=" in self.body else json.loads(self.body)["paths"]
            )
            self._send(answer=[entry for path in wanted if (entry := tree_entry(commit.files, path))])
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
                answer={
                    "files": [preupload_answer(commit.files, asked["path"]) for asked in json.loads(self.body)["files"]]
                }
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
            apply_operation(files, operation["key"], operation["value"])
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
        self._send(answer=[tree_entry(commit.files, path) for path in sorted(paths)])

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
