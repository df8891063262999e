"""Reading order by where elements stand; pages that were read by their tags keep the order of the tags."""

from docling.models.postprocessing.reading_order_rb import PageElement, SeparatorElement

from pipeline.stages.page_order import PageOrder


class TagOrder(PageOrder):
    """The pages' own order, or that of their tags.

    Set ``tagged`` to the numbers of the pages whose elements already stand in their order."""

    def __init__(self) -> None:
        super().__init__()
        self.tagged: frozenset[int] = frozenset()

    def predict_reading_order(
        self, page_elements: list[PageElement], page_separators: list[SeparatorElement] | None = None
    ) -> list[PageElement]:
        """The elements in reading order, page by page."""
        ordered = super().predict_reading_order(page_elements, page_separators)
        own = {element.cid: place for place, element in enumerate(page_elements)}

        def rank(place_and_element: tuple[int, PageElement]) -> tuple[int, int]:
            place, element = place_and_element
            return element.page_no, own[element.cid] if element.page_no in self.tagged else place

        return [element for _, element in sorted(enumerate(ordered), key=rank)]
