"""Uploads damaged at random: each is refused with a sentence or ends with every page accounted for, and harms nobody
after it.

``FOLIO_DEPTH=thorough`` tries a thousand of them.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.errors import IntakeError
from pipeline.models.bundle import Lanes
from pipeline.pages import PageStatus
from pipeline.records import RunStatus
from pipeline.runs.runner import Runner
from pipeline.runs.state import RunView
from pipeline.settings import Settings, read_settings
from tests.support.bundles import WholePageBundle
from tests.support.depth import THOROUGH
from tests.support.ended_runs import assert_exports_are_whole, ordinary, texts
from tests.support.hostile import markup
from tests.support.mutations import mutated
from tests.support.uploads import convert, count_records
from tests.unit.intake.pdf_files import Page, PdfFile, encrypted, plain, text

COUNT = 1000 if THOROUGH else 40
SAMPLES = ("code_and_formula", "right_to_left_dark", "facing_pages", "scan_rotated_90", "multi_page")


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Little patience, and few pages where a file claims to have many."""
    folder = tmp_path_factory.mktemp("mutated")
    settings = read_settings({"DATA_DIR": str(folder / "data"), "WORK_DIR": str(folder / "work")})
    return replace(settings, page_seconds=4, open_seconds=10, child_memory_mb=1200, max_pages=20)


@pytest.fixture(scope="module")
def runner(strict: Settings) -> Iterator[Runner]:
    with Runner(strict, Lanes(WholePageBundle())) as runner:
        yield runner


@pytest.fixture(scope="module")
def sources(documents: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Real documents, and files without compression, in which a mutation meets what the parsers look at."""
    folder = tmp_path_factory.mktemp("sources")
    by_hand = [plain(folder / "plain.pdf"), folder / "markup.pdf", folder / "encrypted.pdf"]
    markup(by_hand[1])
    encrypted(by_hand[2], "")
    many = PdfFile([Page(text(f"Ordinary page {page}."), rotate=90 * (page % 4)) for page in range(1, 9)]).write(
        folder / "turned.pdf"
    )
    return [*(documents / f"{name}.pdf" for name in SAMPLES), *by_hand, many]


@pytest.mark.timeout(100 + 2 * COUNT)
def test_damage_of_any_kind_is_told_and_harms_nobody(
    runner: Runner, strict: Settings, sources: list[Path], tmp_path: Path
) -> None:
    upload, endings = tmp_path / "upload.pdf", Counter[str]()
    for seed in range(COUNT):
        upload.write_bytes(mutated(seed, sources))
        before, ending = count_records(strict), ending_of(runner, upload)
        if isinstance(ending, IntakeError):
            endings[ending.code] += 1
            assert str(tmp_path) not in ending.message, seed
        else:
            endings.update([ending.status.value, *(page.code for page in ending.failures)])
            assert_told(ending, seed)
        assert count_records(strict) == before + 1, seed  # of the run, or of the refusal
        if seed % 10 == 0:
            assert texts(convert(runner, plain(tmp_path / "ordinary.pdf"))) == ordinary(1, 2, 3), seed
    print(dict(endings.most_common()), file=sys.stderr)
    assert texts(convert(runner, plain(tmp_path / "ordinary.pdf"))) == ordinary(1, 2, 3)
    assert endings["ok"] > 0
    assert endings["damaged_pdf"] + endings["partial"] > 0


def ending_of(runner: Runner, upload: Path) -> RunView | IntakeError:
    try:
        return convert(runner, upload)
    except IntakeError as refusal:
        return refusal


def assert_told(view: RunView, seed: int) -> None:
    """Each page of the run has its text or its reason, and what can be downloaded is whole."""
    assert view.status in (RunStatus.OK, RunStatus.PARTIAL, RunStatus.ERROR), seed
    done = {page.page for page in view.pages if page.status is PageStatus.OK}
    assert done == texts(view).keys(), seed
    assert [page.page for page in view.pages] == list(range(1, len(view.pages) + 1)), seed
    assert {page.page for page in view.failures} == {page.page for page in view.pages} - done, seed
    assert all(page.code and page.reason for page in view.failures), seed
    assert "internal" not in {page.code for page in view.failures} | {view.error.code if view.error else ""}, seed
    assert_exports_are_whole(
        replace(view, exports=tuple(file for file in view.exports if file.size_bytes))
    )  # no text, no Markdown
