"""The reader's pages: each page's text as sanitised HTML, its image with boxes beside it, and what a search finds."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from pipeline.pages import PageRegion
from pipeline.records import LAYER, PageOutcome
from pipeline.runs.state import PageText, RunView
from pipeline.ui.catalogue import counted, number, text
from pipeline.ui.convert.page_state import PAGES_AT_ONCE
from pipeline.ui.plain_text import plain
from pipeline.ui.preview import NO_PICTURES, preview_html
from pipeline.ui.templating import NOTHING, render
from pipeline.ui.words import percent, text_source

MAX_PAGE_CHARS = 100_000  # shown of one page; its whole text is in the files
MOST_HITS = 50  # pages named by a search
SHORTEST_SEARCH = 2  # characters
CONTEXT = 40  # characters before and after what was found

# docling's labels → the kind by which a box is coloured, and the key of its name.
REGION_KINDS = {
    "title": ("heading", "title"),
    "section_header": ("heading", "heading"),
    "text": ("text", "text"),
    "paragraph": ("text", "text"),
    "list_item": ("list", "list_item"),
    "table": ("table", "table"),
    "document_index": ("table", "contents"),
    "picture": ("picture", "picture"),
    "chart": ("picture", "chart"),
    "caption": ("caption", "caption"),
    "formula": ("code", "formula"),
    "code": ("code", "code"),
    "footnote": ("caption", "footnote"),
}
OTHER = ("text", "element")


@dataclass(frozen=True, slots=True)
class PageLook:
    """How a page looks: where the browser finds its image, and its elements in reading order."""

    address: str
    regions: tuple[PageRegion, ...]


Looks = Mapping[int, PageLook]
NO_LOOKS: Looks = {}


def window(view: RunView, first: int) -> tuple[PageOutcome, ...]:
    """The pages shown at once."""
    return view.pages[first : first + PAGES_AT_ONCE]


def window_name(view: RunView, first: int) -> Markup:
    pages = window(view, first)
    if not pages:
        return NOTHING
    begin, end = number(pages[0].page), number(pages[-1].page)
    shown = text("reader.one", page=begin) if len(pages) == 1 else text("reader.several", first=begin, last=end)
    return render("window_name", shown=shown, total=number(view.page_count))


def window_texts(view: RunView, first: int) -> tuple[PageText, ...]:
    """The texts of the pages shown at once, as far as they are finished."""
    texts = {page.page: page for page in view.texts}
    return tuple(texts[page.page] for page in window(view, first) if page.page in texts)


def reader(view: RunView, first: int, pictures: Mapping[str, str] = NO_PICTURES, looks: Looks = NO_LOOKS) -> Markup:
    """The window's pages, one sheet each; ``pictures`` are their addresses by reference, ``looks`` the pages' looks."""
    texts = {page.page: page.markdown[:MAX_PAGE_CHARS] for page in window_texts(view, first)}
    shown = window(view, first)
    pages = [_sheet(page, texts.get(page.page), view.status.ended, pictures) for page in shown]
    return render(
        "pages", pages=[sheet | _look(looks.get(page.page)) for sheet, page in zip(pages, shown, strict=True)]
    )


def _sheet(page: PageOutcome, source: str | None, ended: bool, pictures: Mapping[str, str]) -> dict[str, object]:
    if source is not None:
        html = preview_html(source, pictures)
        return {"kind": "text", "number": page.page, "html": html, "markdown": plain(source), "trust": _trust(page)}
    if page.reason:
        return {"kind": "failed", "number": page.page, "reason": page.reason}
    if ended:
        return {"kind": "open", "number": page.page, "reason": text("reader.not_converted")}
    return {"kind": "coming", "number": page.page, "reason": text("reader.coming")}


def _trust(page: PageOutcome) -> str:
    """Where a page's text came from and how sure it is; nothing for a sound text layer, as most pages have."""
    if page.confidence is None or (page.source == LAYER and page.confidence == 1):
        return ""
    return text("reader.trust", source=text_source(page.source), percent=percent(page.confidence))


def _look(look: PageLook | None) -> dict[str, object]:
    if look is None:
        return {"address": "", "regions": ()}
    return {"address": look.address, "regions": [_region(n, region) for n, region in enumerate(look.regions, start=1)]}


def _region(position: int, region: PageRegion) -> dict[str, object]:
    kind, key = REGION_KINDS.get(region.label, OTHER)
    left, top, right, bottom = region.place
    name = text(f"region.{key}")
    sure = "" if region.confidence is None else f", {text('reader.sure', percent=f'{region.confidence:.0%}')}"
    return {
        "number": position,
        "kind": kind,
        "text": region.text,
        "label": f"{position}. {name}{sure}{f': {region.text}' if region.text else ''}",
        "style": f"left:{left:.2%};top:{top:.2%};width:{right - left:.2%};height:{bottom - top:.2%}",
    }


def page_looks(view: RunView, first: int, look: Callable[[int], PageLook | None]) -> dict[int, PageLook]:
    """The looks of the finished pages shown at once."""
    found = {page.page: look(page.page) for page in window_texts(view, first)}
    return {page: one for page, one in found.items() if one is not None}


# -- search ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Hit:
    """A page on which something was found: its number, its place among the run's pages, how often, and the first
    one with what stands around it.
    """

    page: int
    place: int
    times: int
    before: str
    found: str
    after: str


def search(view: RunView, query: str) -> tuple[Hit, ...]:
    """The pages whose text has ``query``, in any case and with any white space."""
    wanted = " ".join(query.casefold().split())
    if len(wanted) < SHORTEST_SEARCH:
        return ()
    places = {page.page: place for place, page in enumerate(view.pages)}
    hits = (_hit(page, places.get(page.page, 0), wanted) for page in view.texts)
    return tuple(hit for hit in hits if hit is not None)


def _hit(page: PageText, place: int, wanted: str) -> Hit | None:
    line = " ".join(page.markdown[:MAX_PAGE_CHARS].split())
    folded = line.casefold()
    at = folded.find(wanted)
    if at < 0:
        return None
    if len(folded) != len(line):  # letters that fold into several: their places differ
        line = folded
    end = at + len(wanted)
    before, after = line[max(at - CONTEXT, 0) : at], line[end : end + CONTEXT]
    return Hit(page.page, place, folded.count(wanted), before, line[at:end], after)


def search_hits(query: str, hits: Sequence[Hit]) -> Markup:
    """What a search found, one button for each page; nothing where nothing was asked for."""
    if len(query.strip()) < SHORTEST_SEARCH:
        return NOTHING
    key = "reader.found_nowhere" if not hits else "reader.found_first" if len(hits) > MOST_HITS else "reader.found"
    found = text(key, query=query.strip(), pages=counted("count.page", len(hits)), n=MOST_HITS)
    return render("hits", found=found, hits=hits[:MOST_HITS])
