"""A file appears whole or not at all, never replaces another, and a disk that refuses is StorageFailed."""

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.errors import StorageFailed
from pipeline.store import files


@pytest.fixture(params=["local", "bucket"])
def disk(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on a local disk, or one that is treated as a mounted bucket."""
    if request.param == "bucket":
        monkeypatch.setattr(files, "_file_system_type", lambda folder: "fuse.hf-mount")
    return tmp_path


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_written_bytes_are_published(disk: Path) -> None:
    files.write_new(disk / "a" / "b.json", b"content")
    assert (disk / "a" / "b.json").read_bytes() == b"content"
    assert names(disk) == ["a", "a/b.json"]


def test_a_folder_that_goes_with_its_process_is_not_synced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", synced.append)
    monkeypatch.setattr(files, "_passing_folders", set())
    files.write_new(tmp_path / "kept" / "a", b"1")
    assert len(synced) == 2, "the file, and the folder that has its name"
    files.goes_with_process(tmp_path / "own")
    files.write_new(tmp_path / "own" / "below" / "a", b"1")
    files.link_all([tmp_path / "kept" / "a"], tmp_path / "own")
    assert len(synced) == 2
    assert (tmp_path / "own" / "below" / "a").read_bytes() == b"1"
    files.write_new(tmp_path / "kept" / "b", b"1")
    assert len(synced) == 4
    files.write_stream(tmp_path / "kept" / "c", lambda file: None, synced=False)
    assert len(synced) == 4
    assert (tmp_path / "kept" / "c").exists()


def test_a_taken_name_is_refused_and_keeps_its_bytes(disk: Path) -> None:
    files.write_new(disk / "one", b"first")
    with pytest.raises(FileExistsError):
        files.write_new(disk / "one", b"second")
    assert (disk / "one").read_bytes() == b"first"
    assert names(disk) == ["one"]


def test_a_name_taken_while_writing_is_not_replaced(tmp_path: Path) -> None:
    def taken_meanwhile(file: object) -> None:
        (tmp_path / "one").write_bytes(b"the other writer")

    with pytest.raises(FileExistsError):
        files.write_stream(tmp_path / "one", taken_meanwhile)
    assert (tmp_path / "one").read_bytes() == b"the other writer"
    assert names(tmp_path) == ["one"]


def test_nothing_is_published_when_the_writer_fails(disk: Path) -> None:
    def half(file: object) -> None:
        file.write(b"half")  # type: ignore[attr-defined]
        raise RuntimeError("exporter failed")

    with pytest.raises(RuntimeError, match="exporter failed"):
        files.write_stream(disk / "document.md", half)
    assert names(disk) == []


def test_a_local_reader_never_sees_half_a_file(tmp_path: Path) -> None:
    seen: list[bool] = []

    def pieces(file: object) -> None:
        file.write(b"first half")  # type: ignore[attr-defined]
        file.flush()  # type: ignore[attr-defined]
        seen.append((tmp_path / "document.md").exists())
        file.write(b", second half")  # type: ignore[attr-defined]

    files.write_stream(tmp_path / "document.md", pieces)
    assert seen == [False]
    assert (tmp_path / "document.md").read_bytes() == b"first half, second half"


def test_disk_full_is_storage_failed_and_leaves_nothing(disk: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    previous = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(StorageFailed) as caught:
            files.write_new(disk / "big", b"x" * 2000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, previous)
    assert str(disk) not in caught.value.message
    assert names(disk) == []


def test_a_file_where_the_folder_should_be_is_storage_failed(disk: Path) -> None:
    (disk / "data").write_bytes(b"")
    with pytest.raises(StorageFailed):
        files.write_new(disk / "data" / "run.json", b"{}")


def test_without_hard_links_the_name_is_still_published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(self: Path, target: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", refused)
    files.write_new(tmp_path / "one", b"content")
    with pytest.raises(FileExistsError):
        files.write_new(tmp_path / "one", b"other")
    assert (tmp_path / "one").read_bytes() == b"content"
    assert names(tmp_path) == ["one"]


def test_killed_writers_leave_only_temporary_names_which_are_removed(tmp_path: Path) -> None:
    script = (
        "import os, sys; from pathlib import Path; from pipeline.store.files import write_stream\n"
        "write_stream(Path(sys.argv[1]) / 'one', lambda f: (f.write(b'half'), f.flush(), os.kill(os.getpid(), 9)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], check=False, cwd=Path(files.__file__).parents[2]
    )
    assert done.returncode == -signal.SIGKILL
    assert len(names(tmp_path)) == 1
    assert not (tmp_path / "one").exists()
    assert files.remove_temporaries(tmp_path) == 1
    assert names(tmp_path) == []


def test_a_copy_does_not_follow_later_changes_of_its_source(tmp_path: Path) -> None:
    (tmp_path / "upload").write_bytes(b"%PDF-1.7 first")
    files.copy_new(tmp_path / "upload", tmp_path / "copy")
    with (tmp_path / "upload").open("r+b") as file:
        file.write(b"%PDF-1.7 other")
    assert (tmp_path / "copy").read_bytes() == b"%PDF-1.7 first"


def test_the_type_of_a_real_mount_is_read() -> None:
    assert files._file_system_type(Path("/proc")) == "proc"
    assert not files.publishes_on_close(Path("/proc"))
    assert os.path.isdir("/proc")
