"""Reading order where text stands in pictures: docling's order for the page, then each picture's own text after it.

docling hangs text in a picture below that picture and leaves it out of the Markdown. Folio keeps such text as elements
of the page. They share the picture's place, so docling's geometry says nothing about the order of the two.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence, Set

from docling.datamodel.base_models import Cluster, LayoutPrediction, Page
from docling.datamodel.document import ConversionResult
from docling.models.base_layout_model import TABLE_LABELS
from docling.models.postprocessing.reading_order_rb import PageElement, ReadingOrderPredictor, SeparatorElement
from docling.models.stages.layout.layout_postprocessing_model import LayoutPostprocessingModel
from docling_core.types.doc.base import CoordOrigin, Size
from docling_core.types.doc.labels import DocItemLabel

from pipeline.models.turned_page import TurnedPage
from pipeline.pages import LayoutRegion
from pipeline.stages.cell_rows import in_rows
from pipeline.stages.level_headings import with_their_tables, with_their_texts
from pipeline.stages.light_layout.line_patterns import is_caption
from pipeline.stages.overlaps import parted
from pipeline.stages.paragraph_merges import paragraph_merges
from pipeline.stages.text_columns import in_columns
from pipeline.stages.upper_first import upper_first

IN_ORDER = 1_000_000  # clusters numbered from here on are numbered in reading order
CENTRED = 0.03  # share of the page's width by which the middle of a title may miss that of the page
FURNITURE = (DocItemLabel.PAGE_HEADER, DocItemLabel.PAGE_FOOTER)
IN_ROWS = (DocItemLabel.TEXT, DocItemLabel.LIST_ITEM, DocItemLabel.SECTION_HEADER, DocItemLabel.FOOTNOTE)
WITHIN = 0.8  # share of an element's area in a picture from which docling counts it into the picture


class LiftedText(LayoutPostprocessingModel):
    """docling's layout postprocessing, after which the text clusters in pictures are clusters of the page."""

    def postprocess_layout(self, conv_res: ConversionResult, pages: Sequence[Page]) -> Sequence[LayoutPrediction]:
        predictions = super().postprocess_layout(conv_res, pages)
        for prediction in predictions:
            prediction.clusters = _lifted(prediction.clusters)
        return predictions


def _lifted(clusters: Sequence[Cluster]) -> list[Cluster]:
    found = {cluster.id: cluster for cluster in clusters}
    in_tables = {child.id for cluster in clusters if cluster.label in TABLE_LABELS for child in cluster.children}
    for cluster in clusters:
        if cluster.label in IN_ROWS:
            in_rows(cluster)
        if cluster.label is DocItemLabel.PICTURE:
            found.update({child.id: child for child in cluster.children if child.id not in in_tables})
            cluster.children, cluster.cells = [], []
    return [found[number] for number in sorted(found)]


class PageOrder(ReadingOrderPredictor):
    """docling's rules, asked once for what stands outside of pictures and once for the text in each picture."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]

    def predict_reading_order(
        self, page_elements: list[PageElement], page_separators: list[SeparatorElement] | None = None
    ) -> list[PageElement]:
        """The elements of all pages in reading order; ``page_elements`` may come in any order."""
        settled = {element.page_no for element in page_elements if _number(element) >= IN_ORDER}
        if settled:
            parts = [[e for e in page_elements if (e.page_no in settled) is chosen] for chosen in (True, False)]
            ordered = sorted(parts[0], key=_number) + (self.predict_reading_order(parts[1]) if parts[1] else [])
            return sorted(ordered, key=lambda element: element.page_no)
        homes = _homes(page_elements)
        outside = [element for element in page_elements if element.cid not in homes]
        docling = parted(super().predict_reading_order)
        held: dict[int, list[PageElement]] = defaultdict(list)
        for element in page_elements:
            if element.cid in homes:
                held[homes[element.cid]].append(element)
        ordered = []
        for element in (e for page in _by_page(outside) for e in _ordered(page, docling)):
            ordered.append(element)
            ordered += docling(held[element.cid]) if element.cid in held else []
        heads = {number for page in _by_page(outside) for number in _page_heads(page)}
        return sorted(ordered, key=lambda each: (each.page_no, _rank(each, heads)))

    def predict_to_captions(self, sorted_elements: list[PageElement]) -> dict[int, list[int]]:
        """Captions by the picture or table they belong to; the text in pictures does not part the two.

        Networks also take paragraphs beside a table for captions. So what begins as captions do ("Table 2") comes
        first, and the others share the pictures and tables that are left.
        """
        elements = _outside(sorted_elements)
        captions = [element for element in elements if element.label is DocItemLabel.CAPTION]
        named = {element.cid for element in captions if is_caption(element.text)}
        others = {element.cid for element in captions} - named
        first: dict[int, list[int]] = super().predict_to_captions(_as_text(elements, others))
        rest: dict[int, list[int]] = super().predict_to_captions(_as_text(elements, named | first.keys()))
        return first | rest

    def predict_to_footnotes(self, sorted_elements: list[PageElement]) -> dict[int, list[int]]:
        """None: a note is text where it stands. docling gives one to a picture or table above it, and leaves
        those of pictures out of the Markdown.
        """
        return {}

    def predict_merges(self, sorted_elements: list[PageElement]) -> dict[int, list[int]]:
        """Paragraphs that go on in another column or on another page; the text in pictures belongs to none."""
        return paragraph_merges(_outside(sorted_elements))


def _ordered(page: list[PageElement], docling: Callable[[list[PageElement]], list[PageElement]]) -> list[PageElement]:
    """The elements of one page in reading order: its headers, its text, column by column, its footers."""
    furniture = [element for element in page if element.label in FURNITURE]
    text = [element for element in page if element.label not in FURNITURE]
    body = with_their_tables(with_their_texts(in_columns(text, lambda column: upper_first(docling(column)))))
    return sorted([*body, *docling(furniture)], key=lambda e: e.label is DocItemLabel.PAGE_FOOTER)


def order_turned(regions: Sequence[LayoutRegion], page: TurnedPage) -> list[LayoutRegion]:
    """The regions of ``page`` in reading order of the page turned back, by the same rules."""
    width, height = page.upright_size
    elements = []
    for number, region in enumerate(regions):
        box = page.upright_box(region.box)
        elements.append(
            PageElement(
                cid=number,
                page_no=1,
                page_size=Size(width=width, height=height),
                label=DocItemLabel(region.label.value),
                l=box.left,
                r=box.right,
                b=height - box.bottom,
                t=height - box.top,
                coord_origin=CoordOrigin.BOTTOMLEFT,
            )
        )
    return [regions[element.cid] for element in PageOrder().predict_reading_order(elements)]


def _number(element: PageElement) -> int:
    """The number of the element's cluster; 0 for an element without one. docling refers to it by ``#/PAGE/NUMBER``."""
    number = element.ref.cref.rpartition("/")[2]
    return int(number) if number.isdecimal() else 0


def _outside(elements: Sequence[PageElement]) -> list[PageElement]:
    homes = _homes(elements)
    return [element for element in elements if element.cid not in homes]


def _as_text(elements: Sequence[PageElement], chosen: Set[int]) -> list[PageElement]:
    """The elements, where those with a ``cid`` in ``chosen`` are plain text."""
    plain = {"label": DocItemLabel.TEXT}
    return [element.model_copy(update=plain) if element.cid in chosen else element for element in elements]


def _by_page(elements: Sequence[PageElement]) -> list[list[PageElement]]:
    pages: dict[int, list[PageElement]] = {}
    for element in elements:
        pages.setdefault(element.page_no, []).append(element)
    return list(pages.values())


def _page_heads(elements: Sequence[PageElement]) -> list[int]:
    """The ``cid`` of what stands above all else in the middle of the page: a title over columns, whose lines it may be
    too short to overlap.
    """
    body = sorted((e for e in elements if e.label not in FURNITURE), key=lambda e: -e.t)
    found = []
    for element, others in ((body[n], body[n + 1 :]) for n in range(len(body) - 1)):
        middle = abs(element.l + element.r - element.page_size.width) < 2 * CENTRED * element.page_size.width
        if not middle or element.b < max(other.t for other in others):
            break
        found.append(element.cid)
    return found


def _rank(element: PageElement, heads: set[int]) -> int:
    """Page headers first, then the heads of the page, then the rest."""
    if element.label is DocItemLabel.PAGE_HEADER:
        return 0
    return 1 if element.cid in heads else 2


def _homes(elements: Sequence[PageElement]) -> dict[int, int]:
    """The picture around each element that stands in one: the smallest, both by their ``cid``."""
    pictures: dict[int, list[PageElement]] = defaultdict(list)
    for element in elements:
        if element.label is DocItemLabel.PICTURE:
            pictures[element.page_no].append(element)
    homes = {}
    for element in elements:
        if element.label is DocItemLabel.PICTURE or element.page_no not in pictures:
            continue
        around = [p for p in pictures[element.page_no] if element.intersection_over_self(p) > WITHIN]
        if around:
            homes[element.cid] = min(around, key=lambda picture: picture.area()).cid
    return homes
