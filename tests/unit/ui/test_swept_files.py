"""Files that gradio's sweep deletes, while others are still being added."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from gradio.context import LocalContext
from gradio.route_utils import delete_files_created_by_app

from pipeline.ui.swept_files import SweptFiles, sweep_later, swept_with


def page() -> Any:
    """As much of a page as the sweep looks at."""
    return SimpleNamespace(blocks={}, temp_file_sets=[set[str]()])


def test_a_page_has_one_set_and_its_files_are_deleted(tmp_path: Path) -> None:
    mine, other, place = page(), page(), tmp_path / "page-1.png"
    place.touch()
    token = LocalContext.blocks.set(mine)
    try:
        sweep_later(place)
        sweep_later(tmp_path / "gone.png")
    finally:
        LocalContext.blocks.reset(token)
    assert swept_with(mine) is swept_with(mine)
    assert len(swept_with(mine)) == 2
    delete_files_created_by_app(other, None)
    assert place.exists()
    delete_files_created_by_app(mine, None)
    assert not place.exists()
    assert str(place) not in swept_with(mine)


def test_files_may_be_added_while_the_sweep_goes_through_them() -> None:
    files = SweptFiles({"a", "b"})
    for file in files:
        files.add(file + "-more")
    assert sorted(files) == ["a", "a-more", "b", "b-more"]


def test_nothing_is_swept_outside_of_a_page(tmp_path: Path) -> None:
    sweep_later(tmp_path / "a.pdf")
