"""The facts are those of the machine, and looking at it leaves nothing behind."""

from pathlib import Path

from pipeline.doctor.examination import examine_server
from pipeline.doctor.machine import disk, examine_machine, memory_mb, pinned_gradio
from pipeline.settings import Settings
from pipeline.store.status import PublisherStatus, PublishState


def test_this_machine_is_described_and_nothing_is_left_behind(settings: Settings) -> None:
    facts = examine_machine(settings, {"SPACE_ID": "ada/folio", "SPACES_ZERO_GPU": "true"})
    assert (facts.space_id, facts.zero_gpu) == ("ada/folio", True)
    assert facts.data.writable
    assert facts.data.free_mb is not None
    assert facts.torch.startswith("2.11.0")
    assert facts.gradio == facts.pinned_gradio
    assert facts.memory_mb > 500
    assert [path for path in settings.data_dir.rglob("*") if path.is_file()] == []


def test_the_server_examines_itself_without_a_token(settings: Settings) -> None:
    found = examine_server(settings, PublisherStatus(PublishState.NO_TOKEN))
    assert {line.name for line in found} >= {"hardware", "data folder", "memory", "torch", "results dataset"}


def test_a_folder_that_cannot_be_written_is_seen(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert not disk(tmp_path / "file" / "below").writable
    assert disk(tmp_path / "new").writable


def test_memory_is_the_containers_limit_where_there_is_one(tmp_path: Path) -> None:
    (tmp_path / "meminfo").write_text("MemTotal:       16000000 kB\nMemFree: 1 kB\n")
    assert memory_mb(tmp_path, tmp_path / "meminfo") == 16_384
    (tmp_path / "memory.max").write_text("max\n")
    assert memory_mb(tmp_path, tmp_path / "meminfo") == 16_384
    (tmp_path / "memory.max").write_text("4000000000\n")
    assert memory_mb(tmp_path, tmp_path / "meminfo") == 4000
    assert memory_mb(tmp_path / "none", tmp_path / "none") == 0


def test_the_pinned_version_is_read_from_the_readme(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("---\nsdk: gradio\nsdk_version: 6.31.0\n---\n")
    assert pinned_gradio(tmp_path / "README.md") == "6.31.0"
    assert pinned_gradio(tmp_path / "missing.md") == ""
