"""The styles of documents set by LibreOffice Writer, in OpenDocument's XML."""

from collections.abc import Iterator
from html import escape

from tests.documents.html_print import FONTS
from tests.documents.model import Document, Style

HEADINGS = {1: (1.9, 0, 0.6), 2: (1.35, 1.0, 0.4), 3: (1.12, 0.8, 0.3)}  # type, space above and below, in em
BULLETS = "\u2022\u25e6\u25aa"
LEVELS = 3  # of nested lists
INDENT = 18.0  # points of each of them
BOLD = 'fo:font-weight="bold" style:font-weight-asian="bold" style:font-weight-complex="bold"'
ITALIC = 'fo:font-style="italic" style:font-style-asian="italic" style:font-style-complex="italic"'
SIZES = ("fo:font-size", "style:font-size-asian", "style:font-size-complex")


def ink(style: Style) -> str:
    """The colour of the text."""
    return "#f4f1e8" if style.dark else "#111111"


def named_styles(document: Document) -> str:
    """The fonts, and the styles of paragraphs, of text and of lists."""
    style = document.style
    family = "Liberation Serif" if style.serif else "Liberation Sans"
    asian = FONTS.get(document.language, family)
    chosen = (("", asian if document.language == "th" else family), ("-asian", asian), ("-complex", asian))
    fonts = "".join(f' style:font-name{kind}="{name}"' for kind, name in chosen)
    mode = "lr-tb" if document.rightward else "rl-tb"
    align = "justify" if style.columns == 2 else "start"
    faces = "".join(
        f'<style:font-face style:name="{name}" svg:font-family="\'{name}\'"/>'
        for name in sorted({family, asian, "DejaVu Sans Mono", "DejaVu Sans"})
    )
    language = f'fo:language="{document.language}" fo:country="none"'
    base = (
        f'<style:default-style style:family="paragraph"><style:paragraph-properties style:writing-mode="{mode}"/>'
        f'<style:text-properties{fonts}{_sizes(style.size)} fo:color="{ink(style)}" {language}/></style:default-style>'
    )
    body = _paragraph_style(
        "Body", f'fo:margin-bottom="{0.7 * style.size}pt" fo:text-align="{align}" fo:line-height="130%"'
    )
    parts = (base, body, *_headings(style), *_paragraphs(style), *_tabbed(style), *_text_styles(style), *_list_styles())
    return f"<office:font-face-decls>{faces}</office:font-face-decls><office:styles>{''.join(parts)}</office:styles>"


def _sizes(size: float) -> str:
    return "".join(f' {kind}="{round(size, 2)}pt"' for kind in SIZES)


def _paragraph_style(name: str, paragraph: str, text: str = "", inner: str = "") -> str:
    properties = f"<style:paragraph-properties {paragraph}>{inner}</style:paragraph-properties>"
    return (
        f'<style:style style:name="{name}" style:family="paragraph">{properties}'
        f"<style:text-properties {text}/></style:style>"
    )


def _headings(style: Style) -> Iterator[str]:
    for level, (type_size, above, below) in HEADINGS.items():
        size = round(style.size * type_size, 1)
        align = "center" if level == 1 and style.centred else "start"
        name = f'style:name="Heading_20_{level}" style:display-name="Heading {level}"'
        space = f'fo:margin-top="{above * size}pt" fo:margin-bottom="{below * size}pt"'
        yield (
            f'<style:style {name} style:family="paragraph" style:default-outline-level="{level}">'
            f'<style:paragraph-properties fo:text-align="{align}" fo:keep-with-next="always" {space}/>'
            f"<style:text-properties{_sizes(size)} {BOLD}/></style:style>"
        )


def _paragraphs(style: Style) -> Iterator[str]:
    small, space = _sizes(style.size * 0.85), f'fo:margin-bottom="{0.7 * style.size}pt"'
    grey = f'fo:background-color="#eeeeee" {space} fo:padding="4pt" fo:border="0.5pt solid #eeeeee"'
    frame = f'fo:border="0.75pt solid {ink(style)}" fo:padding="6pt" fo:margin-left="7pt" fo:margin-right="7pt" {space}'
    typed = f'style:font-name="DejaVu Sans Mono" fo:color="#111111" fo:font-size="{style.size * 0.85}pt"'
    table = {
        "Code": (grey, typed),
        "Caption": (f'{space} fo:margin-top="3pt"', small),
        "TableCaption": ('fo:margin-bottom="3pt" fo:keep-with-next="always"', small),
        "Cell": ('fo:text-align="start"', small),
        "Number": ('fo:text-align="end"', small),
        "Head": ('fo:text-align="start"', f"{small} {BOLD}"),
        "HeadNumber": ('fo:text-align="end"', f"{small} {BOLD}"),
        "Running": ('fo:text-align="center"', f'{_sizes(8)} fo:color="#777777"'),
        "Formula": (f'fo:text-align="center" {space}', ITALIC),
        "Picture": ('fo:text-align="center" fo:keep-with-next="always"', ""),
        "Box": (frame, ""),
        "Item": ('fo:margin-bottom="3pt"', ""),
        "Break": ('fo:break-before="page"', ""),
        "Footnote": ('fo:margin-bottom="1pt"', small),
    }
    for name, (paragraph, text) in table.items():
        yield _paragraph_style(name, paragraph, text)


def _tabbed(style: Style) -> Iterator[str]:
    """Lines of a table of contents, and lines to write on."""
    for name, left, leader, sign in (("Entry", 0.0, "dotted", "."), ("Entry2", 2 * INDENT, "dotted", "."),
                                     ("Line", 0.0, "solid", "_")):  # fmt: skip
        place = f'style:position="{style.column_width - 2 - left}pt" style:type="right"'
        stop = f'<style:tab-stop {place} style:leader-style="{leader}" style:leader-text="{sign}"/>'
        stops = f"<style:tab-stops>{stop}</style:tab-stops>"
        yield _paragraph_style(name, f'fo:margin-left="{left}pt" fo:margin-bottom="4pt"', inner=stops)


def _text_styles(style: Style) -> Iterator[str]:
    table = {
        "Bold": BOLD,
        "Italic": ITALIC,
        "BoldItalic": f"{BOLD} {ITALIC}",
        "Typed": f'style:font-name="DejaVu Sans Mono" fo:font-size="{style.size * 0.9}pt"',
        "Tick": 'style:font-name="DejaVu Sans" style:font-name-asian="DejaVu Sans"',
    }
    for name, text in table.items():
        yield f'<style:style style:name="{name}" style:family="text"><style:text-properties {text}/></style:style>'


def _list_styles() -> Iterator[str]:
    for name, kind in (("Bullets", "bullet"), ("Numbers", "number")):
        levels = []
        for level in range(1, LEVELS + 1):
            edge = f"{INDENT * level}pt"
            form = (
                f'text:bullet-char="{BULLETS[level - 1]}"'
                if kind == "bullet"
                else 'style:num-suffix="." style:num-format="1"'
            )
            levels.append(
                f'<text:list-level-style-{kind} text:level="{level}" {form}><style:list-level-properties'
                f' text:list-level-position-and-space-mode="label-alignment"><style:list-level-label-alignment'
                f' text:label-followed-by="listtab" fo:text-indent="-{INDENT}pt" fo:margin-left="{edge}"'
                f' text:list-tab-stop-position="{edge}"/></style:list-level-properties></text:list-level-style-{kind}>'
            )
        yield f'<text:list-style style:name="{name}">{"".join(levels)}</text:list-style>'


def page_layout(style: Style) -> str:
    """The sheet and its margins."""
    paper = ' fo:background-color="#12233a"' if style.dark else ""
    edge = ' fo:border="1.5pt solid #27566b" fo:padding="10pt"' if style.frame else ""
    turned = "landscape" if style.page[0] > style.page[1] else "portrait"
    margins = f'fo:margin="{style.margin * 0.6}pt" fo:margin-left="{style.margin}pt" fo:margin-right="{style.margin}pt"'
    size = f'fo:page-width="{style.page[0]}pt" fo:page-height="{style.page[1]}pt"'
    running = f'<style:header-footer-properties fo:min-height="{style.margin * 0.4}pt"/>'
    return (
        f'<style:page-layout style:name="Sheet"><style:page-layout-properties {size} {margins}{paper}{edge}'
        f' style:print-orientation="{turned}"/><style:header-style>{running}</style:header-style>'
        f"<style:footer-style>{running}</style:footer-style></style:page-layout>"
    )


def master_page(document: Document) -> str:
    """The running header and footer."""
    lines = "".join(
        f'<style:{name}><text:p text:style-name="Running">{_running(text)}</text:p></style:{name}>'
        for name, text in (("header", document.header), ("footer", document.footer))
    )
    return (
        f'<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="Sheet">{lines}'
        "</style:master-page></office:master-styles>"
    )


def _running(text: str) -> str:
    return escape(text).replace("{page}", "<text:page-number>1</text:page-number>")
