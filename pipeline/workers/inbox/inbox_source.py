"""Where documents arrive: a local folder, or a dataset on the Hub. A bucket is watched where it is mounted."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path, PurePosixPath
from typing import Protocol

from pipeline.errors import FileTooLarge, InboxMissing
from pipeline.settings import Settings

HUB_PREFIX = "hf://datasets/"
SUFFIX = ".pdf"


@dataclass(frozen=True, slots=True)
class InboxFile:
    """One file: its path in the inbox, its size in bytes, and a text that changes when its content does."""

    path: str
    size_bytes: int
    version: str


class InboxSource(Protocol):
    """Lists and fetches PDF files."""

    @property
    def name(self) -> str: ...

    def files(self) -> Iterator[InboxFile]:
        """Every PDF there is now. Raises InboxMissing or InboxUnreachable."""
        ...

    def fetch(self, file: InboxFile, target: Path) -> None:
        """Copy a file to ``target``. Raises InboxUnreachable, and OSError where the file has gone."""
        ...


class FolderSource:
    """A local folder with everything below it. A file that is still being written changes its version."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.name = folder.name

    def files(self) -> Iterator[InboxFile]:
        if not self._folder.is_dir():
            raise InboxMissing
        for path in sorted(self._folder.rglob("*")):
            if path.suffix.lower() == SUFFIX and not path.name.startswith(".") and path.is_file():
                status = path.stat()
                relative = path.relative_to(self._folder).as_posix()
                yield InboxFile(relative, status.st_size, f"{status.st_size}-{status.st_mtime_ns}-{status.st_ino}")

    def fetch(self, file: InboxFile, target: Path) -> None:
        shutil.copyfile(self._folder / file.path, target)


class Repository(Protocol):
    """What a dataset on the Hub offers to a source; ``pipeline.store.hub_inbox.InboxRepo`` fits it."""

    repo_id: str

    def pdfs(self) -> dict[str, tuple[str, int]]:
        """Blob id and size in bytes of each PDF by its path. Raises InboxUnreachable."""
        ...

    def fetch(self, path: str) -> bytes:
        """The bytes of a file. Raises InboxUnreachable."""
        ...


class DatasetSource:
    """The PDF files of a dataset, below a folder of it or all of them. Files above ``most_bytes`` are never fetched."""

    def __init__(self, repo: Repository, folder: str, most_bytes: int) -> None:
        self._repo, self._folder, self._most = repo, PurePosixPath(folder), most_bytes
        self.name = repo.repo_id

    def files(self) -> Iterator[InboxFile]:
        for path, (blob_id, size) in sorted(self._repo.pdfs().items()):
            if PurePosixPath(path).is_relative_to(self._folder):
                yield InboxFile(path, size, blob_id)

    def fetch(self, file: InboxFile, target: Path) -> None:
        if file.size_bytes > self._most:
            raise FileTooLarge(file.size_bytes / 1_000_000, self._most // 1_000_000)
        target.write_bytes(self._repo.fetch(file.path))


def open_source(settings: Settings, token: str) -> InboxSource:
    """The source that INBOX names. Raises InboxMissing where it names none."""
    if not settings.inbox:
        raise InboxMissing
    if not settings.inbox.startswith(HUB_PREFIX):
        return FolderSource(Path(settings.inbox))
    owner, name, *folder = settings.inbox.removeprefix(HUB_PREFIX).strip("/").split("/")
    repo = import_module("pipeline.store.hub_inbox").InboxRepo(f"{owner}/{name}", token)  # only where it is used
    return DatasetSource(repo, "/".join(folder), settings.max_file_mb * 1_000_000)
