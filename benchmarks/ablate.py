"""What each rule is worth: the same documents, assembled with one rule switched off at a time.

    python -m benchmarks.ablate [--seeds 1000-1001] [--kinds report,paper] [--renderers reportlab,untagged]
        [--finishes plain] [--corpus DIR] [--rules NAME,NAME] [--json FILE]

Documents are generated with their truth, by default from seeds that nobody tunes Folio on and by printers that write no
tags, or taken from ``--corpus`` as ``benchmarks.quality`` takes them. Each is parsed and looked at by the models once.
Then its pages are assembled as they are, and once more for each rule without it. The table has the mean of every figure
of ``benchmarks/scoring.py`` with all rules, and below it by how much each figure changes without a rule: a rule pays
where its row is negative. ``documents`` counts those whose text changes at all. Rules of the parse child
(``pipeline/intake``) are not switched off. ``benchmarks/switchable_rules.py`` lists the rules.
"""

import argparse
import json
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks import chosen_documents
from benchmarks.scoring import FIGURES, Score, mean, score
from benchmarks.switchable_rules import RULES, Rule, switched_off
from pipeline.intake.planning import needs_ocr, replaces_text
from pipeline.intake.reader import PdfReader
from pipeline.models.light_bundle import LightBundle
from pipeline.pages import OcrMode, PagePrediction, PageTask, RenderedPage
from pipeline.pixels import PIXELS, page_image
from pipeline.settings import read_settings
from pipeline.stages.assemble import DocumentAssembler, Pipeline, build_pipeline
from pipeline.stages.clear_pages import SeenPages, is_clear
from pipeline.stages.export import ExportSource
from pipeline.stages.replay import FinishedPage, ReplayPage, ReplaySource, without_network

SEEDS = "1000"
UNTAGGED = "untagged,reportlab"
PAGES_AT_ONCE = 8
LEAST_CHANGE = 0.00005  # a smaller change of a figure is shown as none


@dataclass(frozen=True)
class PreparedDocument:
    """A document with all that assembling it takes, and its truth as Markdown."""

    name: str
    source: ReplaySource
    pages: tuple[FinishedPage, ...]
    truth: str


class Preparation:
    """Parses documents and asks the light bundle, once each; ``folder`` keeps the page images meanwhile."""

    def __init__(self, folder: Path) -> None:
        self._settings = read_settings({})
        self._bundle = LightBundle(self._settings.threads)
        self._folder = folder

    def prepare(self, documents: dict[Path, Path]) -> list[PreparedDocument]:
        """The documents, by their files and those of their truth."""
        with PdfReader(self._settings) as reader:
            return [self._document(reader, pdf, truth) for pdf, truth in documents.items()]

    def _document(self, reader: PdfReader, pdf: Path, truth: Path) -> PreparedDocument:
        preflight = reader.preflight(pdf)
        folder = self._folder / pdf.stem
        folder.mkdir(parents=True)
        numbers = tuple(range(1, preflight.page_count + 1))
        rendered = [page for page in reader.render(pdf, "", numbers, folder) if isinstance(page, RenderedPage)]
        tasks = [_task(page, folder / PIXELS) for page in rendered]
        pages = tuple(
            FinishedPage(task.page, prediction, folder / PIXELS, replaces_text(task.page.facts, OcrMode.AUTO))
            for task, prediction in self._predictions(tasks, folder / PIXELS)
        )
        selected = tuple(page.rendered.page for page in pages)
        source = ReplaySource(pdf.name, preflight.sha256, preflight.sizes, selected)
        return PreparedDocument(pdf.stem, source, pages, truth.read_text(encoding="utf-8"))

    def _predictions(self, tasks: Sequence[PageTask], pixels: Path) -> list[tuple[PageTask, PagePrediction]]:
        """The tasks with what is predicted; those on which a network fails are missing."""
        found = {task.page.page: without_network(task.page.page) for task in tasks if not task.needs_network}
        asked = [task for task in tasks if task.needs_network]
        for start in range(0, len(asked), PAGES_AT_ONCE):
            part = asked[start : start + PAGES_AT_ONCE]
            for result in self._bundle.predict(part, [page_image(pixels, task.page) for task in part]):
                if isinstance(result, PagePrediction):
                    found[result.page] = result
        return [(task, found[task.page.page]) for task in tasks if task.page.page in found]


def _task(page: RenderedPage, pixels: Path) -> PageTask:
    ocr = needs_ocr(page.facts, OcrMode.AUTO)
    return PageTask(page, ocr=ocr, tables=True, needs_network=ocr or not is_clear(SeenPages().look(page, pixels)))


def assembled(document: PreparedDocument, pipeline: Pipeline) -> str:
    """The document's Markdown, with the rules that are on."""
    assembler = DocumentAssembler(pipeline, document.source, lambda name, image: None)
    for page in document.pages:
        assembler.add(ReplayPage(page))
    return ExportSource(assembler.finish(), Path(), document.name).bare.decode()


@dataclass(frozen=True)
class RuleWorth:
    """What the documents score without a rule, and how many of them change."""

    rule: str
    score: Score
    changed: int


def worths(documents: Sequence[PreparedDocument], rules: Sequence[Rule]) -> list[RuleWorth]:
    """All rules first, under an empty name; then each of ``rules`` switched off."""
    pipeline = build_pipeline()
    texts = [assembled(document, pipeline) for document in documents]
    whole = [score(text, document.truth) for text, document in zip(texts, documents, strict=True)]
    found = [RuleWorth("", mean(whole), 0)]
    for rule in rules:
        with switched_off(rule):
            without = [assembled(document, pipeline) for document in documents]
        scores = [
            before if text == other else score(other, document.truth)
            for before, text, other, document in zip(whole, texts, without, documents, strict=True)
        ]
        changed = sum(one != other for one, other in zip(texts, without, strict=True))
        found.append(RuleWorth(rule.name, mean(scores), changed))
    return found


def table(found: Sequence[RuleWorth]) -> str:
    """The figures with all rules, then the change without each."""
    whole, *others = found
    lines = [f"| without | {' | '.join(FIGURES)} | documents |", "|---|" + "---|" * (len(FIGURES) + 1)]
    lines.append(f"| (all rules) | {' | '.join(_figure(getattr(whole.score, name)) for name in FIGURES)} | |")
    for worth in others:
        changes = (_change(getattr(whole.score, name), getattr(worth.score, name)) for name in FIGURES)
        lines.append(f"| {worth.rule} | {' | '.join(changes)} | {worth.changed} |")
    return "\n".join(lines)


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"


def _change(before: float | None, after: float | None) -> str:
    if before is None or after is None or abs(after - before) < LEAST_CHANGE:
        return ""
    return f"{after - before:+.4f}"


def main(arguments: list[str] | None = None) -> None:
    """Make or find the documents, and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    chosen_documents.add_options(parser, seeds=SEEDS, renderers=UNTAGGED)
    parser.add_argument("--rules", help="names of rules, instead of all")
    parser.add_argument("--json", type=Path, help="write the figures here too")
    chosen = parser.parse_args(arguments)
    names = chosen.rules.split(",") if chosen.rules else [rule.name for rule in RULES]
    if unknown := set(names) - {rule.name for rule in RULES}:
        parser.error(f"no such rule: {', '.join(sorted(unknown))}")
    with tempfile.TemporaryDirectory() as temporary:
        documents = chosen_documents.documents(parser, chosen, Path(temporary) / "documents")
        prepared = Preparation(Path(temporary) / "pages").prepare(documents)
        found = worths(prepared, [rule for rule in RULES if rule.name in names])
    print(f"{len(prepared)} documents, {sum(len(document.pages) for document in prepared)} pages\n")
    print(table(found))
    if chosen.json:
        rows = {worth.rule: asdict(worth.score) | {"changed": worth.changed} for worth in found}
        chosen.json.write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
