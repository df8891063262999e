"""How well Folio finds the headings of documents that TeX set, against what their sources say.

    python -m benchmarks.tex_sources FOLDER [--out DIR] [--predictions DIR]

Converts every ``NAME.pdf`` of a folder that has a ``NAME.tex`` beside it with at least ``LEAST`` sections, and counts
the headings that the source has and the Markdown, too; those that only the Markdown has; those on another level than
most that the same command makes; and those that the first words of their section follow. The sources are read with a
few patterns and no TeX: what macros make is not seen, so the figures of two converters can be compared, and none of
them can be 1. ``--predictions`` scores Markdown that is already there.
"""

import argparse
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from rapidfuzz import fuzz

from benchmarks.accuracy import add_predictions, predictions
from benchmarks.markdown import Entry, parsed

LEAST = 4  # sections of a source
SAME = 85  # per cent of similarity from which two headings are the same
OPENING = 4  # words of a section's text that have to follow its heading
COMMANDS = ("part", "chapter", "section", "subsection", "subsubsection")
# Headings that classes write themselves.
MADE = (
    "abstract",
    "keywords",
    "references",
    "bibliography",
    "contents",
    "acknowledgments",
    "acknowledgements",
    "index",
)
_COMMENT = re.compile(r"(?<!\\)%.*")
_SHOWN = re.compile(
    r"\\begin\{(verbatim\*?|lstlisting|Verbatim|minted|comment|\w*[eE]xample)\}.*?\\end\{\1\}", re.DOTALL
)
_SECTION = re.compile(rf"\\({'|'.join(COMMANDS)})\*?\s*(?:\[[^\]]*\])?\s*\{{")
_TITLE = re.compile(r"\\title\s*(?:\[[^\]]*\])?\s*\{")
_ASIDE = re.compile(r"\\(?:label|footnote|thanks|cite|index|ref|texorpdfstring)\*?(?:\[[^\]]*\])?\{[^{}]*\}")
_ACCENT = re.compile(r"\\[`'^\"~=.ckvuHrtd]\s*\{?\\?([a-zA-Z])\}?")
_LOGO = re.compile(r"\\((?:La)?TeX)\b")
_NUMBER = re.compile(r"(\(?[\dA-Z]{1,3}([.\-][\dA-Z]{1,3})*[.):]?|[IVX]+\.?|§\s?\d+\.?)\s+")


@dataclass(frozen=True)
class Section:
    """A heading of a source: the place of its command in ``COMMANDS``, its letters, and those that follow it ("" where
    no plain words do).
    """

    depth: int
    letters: str
    opening: str


@dataclass(frozen=True)
class Count:
    """What was counted of one document, or of several."""

    headings: int
    found: int
    others: int
    misplaced: int
    asked: int
    followed: int

    def __add__(self, other: "Count") -> "Count":
        return Count(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(Count)))


def letters(text: str) -> str:
    """The text's letters and digits, small and without accents."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in plain.lower() if sign.isalnum())


def sections(source: str) -> Iterator[Section]:
    """The headings of a TeX source in their order."""
    body = _SHOWN.sub("", _COMMENT.sub("", source))
    body = body[max(body.find(r"\begin{document}"), 0) :]
    for found in _SECTION.finditer(body):
        title, end = _argument(body, found.end())
        if words := letters(_plain(title)):
            yield Section(COMMANDS.index(found[1]), words, _opening(_ASIDE.sub("", body[end : end + 400])))


def _argument(text: str, start: int) -> tuple[str, int]:
    """What stands in the braces that open right before ``start``, and where they end."""
    depth, place = 1, start
    while depth and place < len(text):
        depth += {"{": 1, "}": -1}.get(text[place], 0) if text[place - 1] != "\\" else 0
        place += 1
    return text[start : place - 1], place


def _plain(title: str) -> str:
    words = _ACCENT.sub(r"\1", _LOGO.sub(r"\1", _ASIDE.sub("", title)))
    return re.sub(r"\\[a-zA-Z@]+\*?|[{}$\\]", "", words)


def _opening(text: str) -> str:
    words: list[str] = []
    for word in text.split():
        if re.search(r"[\\${}\[\]~]", word):
            break
        words.append(letters(word))
    return "".join(words[: OPENING + 2]) if len(words) >= OPENING else ""


def count(markdown: str, source: str) -> Count:
    """Compare a document's Markdown with its source."""
    wanted, found = list(sections(source)), parsed(markdown).headings
    title = _TITLE.search(source)
    own = [letters(_plain(_argument(source, title.end())[0]))] if title else []
    pairs = list(_matched(wanted, found))
    taken = {place for _, place in pairs}
    rest = [entry for place, entry in enumerate(found) if place not in taken]
    others = [entry for entry in rest if not any(_same(entry, known) for known in (*own, *MADE))]
    levels: dict[int, Counter[int]] = defaultdict(Counter)
    for section, place in pairs:
        levels[section.depth][found[place].level] += 1
    misplaced = sum(each.total() - each.most_common(1)[0][1] for each in levels.values())
    text = letters(re.sub(r"<[^>]*>|\]\([^)]*\)", "", markdown))
    asked = [s for s in wanted if s.opening and s.letters in text and s.opening in text]
    followed = sum(section.letters + section.opening in text for section in asked)
    return Count(len(wanted), len(pairs), len(others), misplaced, len(asked), followed)


def _matched(wanted: Sequence[Section], found: Sequence[Entry]) -> Iterator[tuple[Section, int]]:
    """Each section with the place of the heading that is its, the nearest behind the one before."""
    taken: set[int] = set()
    after = 0
    for section in wanted:
        same = [n for n, entry in enumerate(found) if n not in taken and _same(entry, section.letters)]
        if same:
            after = min(same, key=lambda place: (abs(place - after), place))
            taken.add(after)
            yield section, after
            after += 1


def _same(entry: Entry, wanted: str) -> bool:
    return any(fuzz.ratio(letters(text), wanted) >= SAME for text in (entry.text, _NUMBER.sub("", entry.text, count=1)))


def documents(folder: Path) -> dict[Path, str]:
    """The PDFs of a folder, each with its source."""
    pairs = ((pdf, pdf.with_suffix(".tex")) for pdf in sorted(folder.glob("*.pdf")))
    read = {pdf: tex.read_text(encoding="utf-8", errors="replace") for pdf, tex in pairs if tex.exists()}
    return {pdf: source for pdf, source in read.items() if len(list(sections(source))) >= LEAST}


def main(arguments: list[str] | None = None) -> None:
    """Convert, count and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, help="a folder of NAME.pdf with NAME.tex")
    add_predictions(parser)
    chosen = parser.parse_args(arguments)
    known = documents(chosen.folder)
    if not known:
        parser.error(f"{chosen.folder} holds no PDF with its TeX source beside it")
    with predictions(list(known), chosen.out, chosen.predictions) as folder:
        counts = {pdf.stem: count((folder / f"{pdf.stem}.md").read_text("utf-8"), text) for pdf, text in known.items()}
    names = [one.name for one in fields(Count)]
    print(f"| document | {' | '.join(names)} |", "|---|" + "---|" * len(names), sep="\n")
    for name, row in {**counts, "**all**": sum(counts.values(), Count(0, 0, 0, 0, 0, 0))}.items():
        print(f"| {name} | {' | '.join(str(getattr(row, each)) for each in names)} |")


if __name__ == "__main__":
    main()
