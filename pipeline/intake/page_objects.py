"""Where the objects of a page lie, as pdfium tells it."""

import pypdfium2 as pdfium

Rect = tuple[float, float, float, float]  # left, bottom, right, top


def bounds_on_page(item: pdfium.PdfObject) -> Rect:
    """The object's box on the unrotated page: pdfium gives it in the space of the form that holds the object."""
    rect: Rect = item.get_bounds()
    form = item.container
    while form is not None:
        rect = form.get_matrix().on_rect(*rect)
        form = form.container
    return rect
