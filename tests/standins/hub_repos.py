"""What the stand-in of the Hub holds, and what it can be told to do wrong."""

import base64
import hashlib
import time
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

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


def blob_oid(data: bytes) -> str:
    """The id git gives these bytes."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


def apply_operation(files: Files, key: str, value: dict[str, Any]) -> None:
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


def preupload_answer(files: Files, path: str) -> dict[str, object]:
    oid = blob_oid(files[path]) if path in files else None
    return {"path": path, "uploadMode": "regular", "shouldIgnore": False, "oid": oid}


def repo_info(repo: Repo, commit: Commit) -> dict[str, object]:
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


def tree_entry(files: Files, path: str) -> dict[str, object] | None:
    if path in files:
        return {"type": "file", "path": path, "size": len(files[path]), "oid": blob_oid(files[path])}
    if any(other.startswith(f"{path}/") for other in files):
        return {"type": "directory", "path": path, "size": 0, "oid": hashlib.sha1(path.encode()).hexdigest()}
    return None
