"""Documents come through the parse child as a viewer shows them; refusals name their reason; nothing leaks in or
out.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from docling_core.types.doc.page import SegmentedPdfPage

from pipeline import errors
from pipeline.intake import wire
from pipeline.intake.process import ChildProcess, child_environment
from pipeline.intake.reader import PdfReader
from pipeline.pages import PageFailure, PageSize, Preflight, RenderedPage
from pipeline.pixels import PIXELS, page_image
from pipeline.settings import Settings
from tests.unit.intake.pdf_files import Page, PdfFile, assemble, encrypted, plain, slow_page, text

LETTER = PageSize(612.0, 792.0)


def rendered(result: RenderedPage | PageFailure) -> RenderedPage:
    assert isinstance(result, RenderedPage), result
    return result


def lines_of(out_dir: Path, page: RenderedPage) -> list[str]:
    segmented = SegmentedPdfPage.model_validate_json((out_dir / page.cells).read_bytes())
    return [cell.text for cell in segmented.textline_cells]


# -- preflight ---------------------------------------------------------------------------------------------------------


def test_a_good_document_is_accepted_with_its_hash_and_sizes(reader: PdfReader, tmp_path: Path) -> None:
    path = PdfFile([Page(text("a")), Page(text("b"), rotate=90, crop_box=(0, 0, 300, 400))]).write(tmp_path / "a.pdf")
    accepted = reader.preflight(path)
    assert accepted == Preflight(accepted.sha256, path.stat().st_size, 2, (LETTER, PageSize(400.0, 300.0)))
    assert len(accepted.sha256) == 64


def test_a_password_is_needed_checked_and_taken(reader: PdfReader, tmp_path: Path, out_dir: Path) -> None:
    path = encrypted(tmp_path / "a.pdf", "sesame")
    with pytest.raises(errors.PasswordNeeded):
        reader.preflight(path)
    with pytest.raises(errors.PasswordWrong):
        reader.preflight(path, "Sesame")
    with pytest.raises(errors.PasswordWrong):
        reader.preflight(path, "s" * 100_000)
    assert reader.preflight(path, "sesame").page_count == 1
    [page] = reader.render(path, "sesame", [1], out_dir)
    assert lines_of(out_dir, rendered(page)) == ["Secret words."]


def test_an_owner_password_keeps_nobody_out(reader: PdfReader, tmp_path: Path, out_dir: Path) -> None:
    path = encrypted(tmp_path / "a.pdf", "")
    assert reader.preflight(path).page_count == 1
    [page] = reader.render(path, "", [1], out_dir)
    assert lines_of(out_dir, rendered(page)) == ["Secret words."]


def test_a_password_that_is_not_needed_does_no_harm(reader: PdfReader, tmp_path: Path, out_dir: Path) -> None:
    path = plain(tmp_path / "a.pdf")
    assert reader.preflight(path, "sesame").page_count == 3
    [page] = reader.render(path, "sesame", [1], out_dir)
    assert lines_of(out_dir, rendered(page)) == ["Ordinary page 1."]


def test_an_unknown_security_handler_is_refused(reader: PdfReader, tmp_path: Path) -> None:
    with pytest.raises(errors.UnsupportedEncryption):
        reader.preflight(encrypted(tmp_path / "a.pdf", "", handler=b"Proprietary"))


def test_damage_and_lack_of_pages_are_told_apart(reader: PdfReader, tmp_path: Path) -> None:
    damaged, empty = tmp_path / "damaged.pdf", tmp_path / "empty.pdf"
    damaged.write_bytes(b"%PDF-1.7\n")
    empty.write_bytes(assemble([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count 0 /Kids [] >>"]))
    for _ in range(2):  # pdfium remembers the last error, so the order of failures must not matter
        with pytest.raises(errors.DamagedPdf):
            reader.preflight(damaged)
        with pytest.raises(errors.NoPages):
            reader.preflight(empty)


def test_a_truncated_upload_without_the_text_of_its_page_says_so(
    reader: PdfReader, documents: Path, tmp_path: Path, out_dir: Path
) -> None:
    whole = (documents / "paper_page.pdf").read_bytes()
    path = tmp_path / "a.pdf"
    path.write_bytes(whole[: len(whole) // 2])
    assert reader.preflight(path).page_count == 1
    [page] = reader.render(path, "", [1], out_dir)
    assert isinstance(page, PageFailure)
    assert page.code == "page_unreadable"


# -- rendering ---------------------------------------------------------------------------------------------------------


def test_the_pages_asked_for_come_in_their_order_with_text_facts_and_image(
    reader: PdfReader, documents: Path, out_dir: Path
) -> None:
    results = [rendered(page) for page in reader.render(documents / "korean_report.pdf", "", [3, 1], out_dir)]
    assert [page.page for page in results] == [3, 1]
    assert [page.cells for page in results] == ["cells-00003.json", "cells-00001.json"]
    assert [(page.width, page.height, page.scale) for page in results] == [(1224, 1716, 2.0)] * 2
    assert [page.offset for page in results] == [0, 1224 * 1716 * 3]
    assert (out_dir / PIXELS).stat().st_size == 2 * 1224 * 1716 * 3
    facts = results[1].facts
    assert (facts.size, facts.cells, facts.characters, facts.garbled_share) == (PageSize(612.0, 858.0), 69, 923, 0.0)
    assert facts.image_share == pytest.approx(0.047, abs=0.005)
    image = page_image(out_dir / PIXELS, results[1])
    assert image.shape == (1716, 1224, 3)
    assert not image.flags.writeable
    assert 0.02 < float((image < 128).mean()) < 0.5


def test_pixels_are_red_green_blue(reader: PdfReader, tmp_path: Path, out_dir: Path) -> None:
    path = PdfFile([Page(b"1 0 0 rg 0 396 612 396 re f 0 0 1 rg 0 0 612 396 re f")]).write(tmp_path / "a.pdf")
    [page] = reader.render(path, "", [1], out_dir)
    image = page_image(out_dir / PIXELS, rendered(page))
    assert image[100, 600].tolist() == [255, 0, 0]
    assert image[1500, 600].tolist() == [0, 0, 255]


def test_text_without_ink_is_left_out_and_told(reader: PdfReader, tmp_path: Path, out_dir: Path) -> None:
    path = PdfFile([Page(text("seen") + text("hidden", y=500, mode=3))]).write(tmp_path / "a.pdf")
    [page] = reader.render(path, "", [1], out_dir)
    facts = rendered(page).facts
    assert (facts.cells, facts.characters, facts.hidden_characters) == (1, 4, 0)
    assert [notice.message for notice in facts.notices] == ["Page 1: 6 characters that nobody can see were left out."]


def test_a_large_page_is_drawn_at_fewer_dots_and_a_larger_one_skipped(
    reader: PdfReader, tmp_path: Path, out_dir: Path
) -> None:
    poster, wall = (0.0, 0.0, 3600.0, 3600.0), (0.0, 0.0, 14400.0, 14400.0)
    path = PdfFile([Page(text("poster", size=400), poster), Page(text("wall"), wall), Page(text("normal"))]).write(
        tmp_path / "a.pdf"
    )
    first, second, third = reader.render(path, "", [1, 2, 3], out_dir)
    assert (rendered(first).width * rendered(first).height) <= 24_000_000
    assert rendered(first).scale == pytest.approx(24_000_000**0.5 / 3600, rel=0.002)
    assert rendered(first).facts.size == PageSize(3600.0, 3600.0)
    assert second == PageFailure(
        2, "page_too_large", "Page 2: it is too large to render within 24 megapixels and was skipped."
    )
    assert lines_of(out_dir, rendered(third)) == ["normal"]
    assert rendered(third).offset == rendered(first).width * rendered(first).height * 3


def test_pages_that_the_document_does_not_have_fail_one_by_one(
    reader: PdfReader, tmp_path: Path, out_dir: Path
) -> None:
    good, missing = reader.render(plain(tmp_path / "a.pdf", pages=1), "", [1, 2], out_dir)
    assert lines_of(out_dir, rendered(good)) == ["Ordinary page 1."]
    assert missing == PageFailure(2, "page_unreadable", "Page 2: its content is unreadable and was skipped.")


def test_a_file_that_was_replaced_under_its_name_is_read_anew(reader: PdfReader, tmp_path: Path, out_dir: Path) -> None:
    path = plain(tmp_path / "a.pdf")
    pages = reader.render(path, "", [1, 1], out_dir)
    assert lines_of(out_dir, rendered(next(pages))) == ["Ordinary page 1."]
    PdfFile([Page(text("Another file."))]).write(tmp_path / "b.pdf").replace(path)
    assert lines_of(out_dir, rendered(next(pages))) == ["Another file."]


def test_a_caller_may_stop_early(reader: PdfReader, tmp_path: Path, out_dir: Path) -> None:
    pages = reader.render(plain(tmp_path / "a.pdf"), "", [1, 2, 3], out_dir)
    next(pages)
    pages.close()
    [page] = reader.render(plain(tmp_path / "b.pdf"), "", [2], out_dir)
    assert lines_of(out_dir, rendered(page)) == ["Ordinary page 2."]


def test_two_threads_share_a_reader_and_get_their_own_pages(reader: PdfReader, tmp_path: Path) -> None:
    seen: dict[str, list[str]] = {}

    def read(name: str) -> None:
        folder = tmp_path / name
        folder.mkdir()
        path = PdfFile([Page(text(f"{name} {number}")) for number in range(1, 6)]).write(folder / "a.pdf")
        pages = reader.render(path, "", [1, 2, 3, 4, 5], folder)
        seen[name] = [line for page in pages for line in lines_of(folder, rendered(page))]

    threads = [threading.Thread(target=read, args=(name,)) for name in ("left", "right")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == {name: [f"{name} {number}" for number in range(1, 6)] for name in ("left", "right")}


def test_a_folder_that_cannot_be_written_ends_the_run_and_not_the_reader(
    reader: PdfReader, tmp_path: Path, out_dir: Path
) -> None:
    path = plain(tmp_path / "a.pdf")
    with pytest.raises(errors.StorageFailed):
        list(reader.render(path, "", [1], tmp_path / "missing"))
    [page] = reader.render(path, "", [1], out_dir)
    assert lines_of(out_dir, rendered(page)) == ["Ordinary page 1."]


# -- the child ---------------------------------------------------------------------------------------------------------


def test_the_child_knows_no_token_and_no_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HF_TOKEN", "DATA_DIR", "SPACES_ZERO_GPU", "HOME", "http_proxy"):
        monkeypatch.setenv(name, "hf_secret")
    assert "hf_secret" not in child_environment().values()
    assert {"PATH", "PYTHONPATH", "OMP_NUM_THREADS"} <= child_environment().keys()


def test_the_child_finds_packages_where_its_parent_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "/packages/one:/packages/two")
    assert child_environment()["PYTHONPATH"].split(":")[1:] == ["/packages/one", "/packages/two"]
    monkeypatch.delenv("PYTHONPATH")
    assert ":" not in child_environment()["PYTHONPATH"]


def child_pids() -> set[int]:
    """Running parse children of this process, found where the system lists processes."""
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
            command = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if parent == os.getpid() and b"pipeline.intake.child" in command:
            found.add(int(folder.name))
    return found


def test_the_child_is_limited_and_told_nothing_on_its_command_line(
    limits: Settings, tmp_path: Path, out_dir: Path
) -> None:
    before = child_pids()
    with PdfReader(limits) as reader:
        list(reader.render(encrypted(tmp_path / "a.pdf", "sesame"), "sesame", [1], out_dir))
        [pid] = child_pids() - before
        proc = Path(f"/proc/{pid}")
        assert b"sesame" not in (proc / "cmdline").read_bytes() + (proc / "environ").read_bytes()
        libraries = (proc / "maps").read_text()
        assert ("pdf_parsers" in libraries, "pandas" in libraries) == (True, False)
        limits_text = (proc / "limits").read_text()
        assert f"Max address space         {3072 << 20}" in limits_text
        assert "Max cpu time              unlimited" not in limits_text
        assert "Max core file size        0                    0" in limits_text
        assert os.getpgid(pid) == pid
    assert child_pids() == before
    assert sorted(path.name for path in out_dir.iterdir()) == ["cells-00001.json", PIXELS]


def test_a_child_leaves_when_its_parent_is_killed(tmp_path: Path) -> None:
    program = """
import os, signal, sys
from pipeline.intake.reader import PdfReader
from pipeline.settings import read_settings
from pathlib import Path
reader = PdfReader(read_settings({}))
reader.preflight(Path(sys.argv[1]))
print(reader._child.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    path = plain(tmp_path / "a.pdf")
    parent = subprocess.run([sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE, check=False)
    child = Path(f"/proc/{int(parent.stdout)}")
    waiting = threading.Event()
    for _ in range(100):
        if not child.exists() or "\nState:\tZ" in (child / "status").read_text():
            return
        waiting.wait(0.1)
    pytest.fail("the child outlived its parent by ten seconds")


def test_what_is_written_to_a_busy_child_does_not_end_it(tmp_path: Path) -> None:
    """The kernel may tell of a request's own writing after the child has read it, which must not look like the end."""
    page = Page(b"[0.01 0.01] 0 d 0.2 w\n" + b"0 0 m 200 900 400 -900 612 792 c S\n" * 2000)
    path = PdfFile([page]).write(tmp_path / "a.pdf")
    child = ChildProcess(memory_mb=3072)
    later = threading.Timer(0.1, lambda: child._requests.write(wire.encode(wire.ReleaseRequest(60))))
    try:
        child.wait_until_ready()
        later.start()
        request = wire.RenderRequest(str(path), "", 1, str(tmp_path / PIXELS), 0, 24, 60)
        assert isinstance(child.ask(request, time.monotonic() + 60), wire.Drawn)
        later.join()
        assert child._read_line(time.monotonic() + 60) == b"{}", "what came meanwhile is answered too"
    finally:
        child.kill()


def test_a_busy_child_dies_with_its_parent(tmp_path: Path) -> None:
    program = """
import os, signal, sys, threading, time
from pipeline.intake.reader import PdfReader
from pipeline.settings import read_settings
from pathlib import Path
reader = PdfReader(read_settings({"PAGE_SECONDS": "120"}))
path, out_dir = Path(sys.argv[1]), Path(sys.argv[2])
reader.preflight(path)
threading.Thread(target=lambda: next(reader.render(path, "", [1], out_dir)), daemon=True).start()
stat = Path(f"/proc/{reader._child.pid}/stat")
started = int(stat.read_text().rsplit(")", 1)[1].split()[11])
while int(stat.read_text().rsplit(")", 1)[1].split()[11]) < started + 50:  # half a second of work, in ticks
    time.sleep(0.05)
print(reader._child.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    path = PdfFile([slow_page()]).write(tmp_path / "slow.pdf")
    (tmp_path / "out").mkdir()
    command = [sys.executable, "-c", program, str(path), str(tmp_path / "out")]
    parent = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    child = Path(f"/proc/{int(parent.stdout)}")
    waiting = threading.Event()
    for _ in range(100):
        if not child.exists() or "\nState:\tZ" in (child / "status").read_text():
            return
        waiting.wait(0.1)
    os.kill(int(parent.stdout), signal.SIGKILL)
    pytest.fail("the child worked on for ten seconds after its parent was gone")


def test_a_worn_child_is_replaced_and_the_next_document_read(
    limits: Settings, tmp_path: Path, out_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.intake.reader.RECYCLE_DOCUMENTS", 2)
    path = plain(tmp_path / "a.pdf")
    before = child_pids()
    with PdfReader(limits) as reader:
        reader.preflight(path)
        [first] = child_pids() - before
        reader.preflight(path)
        [second] = child_pids() - before
        assert second != first
        [page] = reader.render(path, "", [1], out_dir)
        assert lines_of(out_dir, rendered(page)) == ["Ordinary page 1."]


def test_a_child_that_cannot_start_is_a_fault_of_ours(
    limits: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = child_pids()
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with PdfReader(limits) as reader, pytest.raises(errors.InternalError):
        reader.preflight(plain(tmp_path / "a.pdf"))
    assert child_pids() == before


def test_the_server_side_loads_no_native_pdf_code() -> None:
    program = (
        "import sys, pipeline.intake.reader, pipeline.intake.planning, pipeline.pixels;"
        "sys.exit(', '.join({'pypdfium2', 'docling_parse', 'docling_core'} & sys.modules.keys()) or 0)"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr.strip()) == (0, "")
