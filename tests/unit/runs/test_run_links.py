"""A run by its two links: the read-only one shows it, and leads to nothing that changes it."""

from pathlib import Path

import pytest

from pipeline.errors import RunNotFound, RunReadOnly, SourceExpired
from pipeline.pages import OcrMode
from pipeline.records import ConvertOptions, RunStatus
from pipeline.runs.run_links import RunLinks
from pipeline.runs.visitors import Visitor
from pipeline.settings import Settings
from pipeline.store.artifacts import ArtifactStore
from tests.support.bundles import WholePageBundle
from tests.support.runs import last, running, submit


def test_a_read_only_link_shows_the_run_and_changes_nothing(settings: Settings, documents: Path) -> None:
    with running(settings, WholePageBundle()) as runner:
        run_id = submit(runner, documents / "multi_page.pdf", "1-2")
        links = RunLinks(runner)
        reading = links.view(run_id).reading_id
        *_, watched = links.watch(reading)
        view = links.view(reading)
        assert watched.status is RunStatus.OK
        assert (view.texts, view.exports) == (links.view(run_id).texts, links.view(run_id).exports)
        assert (view.run_id, view.read_only, links.view(run_id).read_only) == (reading, True, False)
        assert run_id not in repr([view.run_id, view.reading_id, links.newest(reading)])
        assert links.newest(reading) == reading
        image = links.facsimile(reading, 1)
        assert image is not None
        image.image.write_bytes(b"")  # as a loss of power leaves it
        assert links.facsimile(reading, 1) is None
        assert links.view(reading, texts=False).pages == view.pages
        for refused in (links.cancel, links.delete, links.resume):
            with pytest.raises(RunReadOnly):
                refused(reading)
        with pytest.raises(RunReadOnly):
            links.convert_again(reading, ConvertOptions())
        with pytest.raises(RunNotFound):
            links.cancel(f"read-{run_id}")
        links.delete(run_id)
        for link in (run_id, reading):
            with pytest.raises(RunNotFound):
                links.view(link)


def test_a_run_is_converted_again_from_its_own_copy(settings: Settings, documents: Path) -> None:
    ada = Visitor("ada")
    with running(settings, WholePageBundle()) as runner:
        links = RunLinks(runner)
        first = last(runner, submit(runner, documents / "multi_page.pdf", "1"))
        options = ConvertOptions("2", OcrMode.NEVER)
        again = links.convert_again(first.run_id, options, by=ada)
        *_, view = links.watch(again.run_id)
        assert (view.name, view.options, [page.page for page in view.pages]) == (first.name, options, [2])
        assert view.reading_id != first.reading_id
        assert links.convert_again(first.run_id, options, by=ada).reused
        assert not links.convert_again(first.run_id, options, by=ada, again=True).reused
        ArtifactStore(settings.data_dir).open(first.run_id).source.unlink()
        with pytest.raises(SourceExpired):
            links.convert_again(first.run_id, options)


def test_a_read_only_link_leads_on_to_the_run_that_continues(settings: Settings, documents: Path) -> None:
    with running(settings, WholePageBundle(frozenset({2}))) as runner:
        links = RunLinks(runner)
        first = last(runner, submit(runner, documents / "multi_page.pdf", "1-2"))
        assert not links.view(first.reading_id).resumable
        second = links.resume(first.run_id)
        newest = links.newest(first.reading_id)
        assert newest == links.view(second).reading_id
        assert newest != first.reading_id
