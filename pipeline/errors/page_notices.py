"""What a reader of a converted page should know: nothing failed, but the text is not simply the page's own.

Each kind has a stable code and a sentence. A ``lossy`` kind says that something of the document may be missing, and a
run with such a page is a partial one.
"""

from dataclasses import dataclass

from pipeline.pages import PageNotice


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """One kind of notice; ``sentence`` is formatted with the page's number and what the kind counts or names."""

    code: str
    sentence: str
    lossy: bool = False

    def on(self, page: int, **values: object) -> PageNotice:
        """The notice for page number ``page``."""
        return PageNotice(self.code, self.sentence.format(page=page, **values))


CONTENT_INCOMPLETE = NoticeKind(
    "content_incomplete",
    "Page {page}: a part of its content is damaged and could not be read; compare it with the original.",
    lossy=True,
)
FILE_REPAIRED = NoticeKind(
    "file_repaired",
    "Page {page}: the file is cut off or damaged, and its pages were searched for; some may be missing.",
    lossy=True,
)
XFA_FORM = NoticeKind(
    "xfa_form",
    "Page {page}: the file is a dynamic form (XFA), which only Adobe Reader draws; words may be missing: print it "
    "to PDF there and upload that.",
    lossy=True,
)
PORTFOLIO = NoticeKind(
    "portfolio",
    "Page {page}: the file carries other files, which are not converted: {names}; save them from a PDF viewer and "
    "upload them.",
    lossy=True,
)
HIDDEN_TEXT = NoticeKind("hidden_text", "Page {page}: {count} characters that nobody can see were left out.")
DOUBTFUL_FONT = NoticeKind(
    "doubtful_font",
    "Page {page}: a font does not say reliably which letters it shows; its text was compared with the image.",
)
LANGUAGE_DATA_MISSING = NoticeKind(
    "language_data_missing",
    "Page {page}: reading {languages} from an image needs the Debian package {packages}; add it to packages.txt and "
    "convert the page again.",
    lossy=True,
)
TEXT_UNSURE = NoticeKind(
    "text_unsure", "Page {page}: much of its text could not be read with certainty; compare it with the page."
)

NOTICE_KINDS = (
    CONTENT_INCOMPLETE,
    FILE_REPAIRED,
    XFA_FORM,
    PORTFOLIO,
    HIDDEN_TEXT,
    DOUBTFUL_FONT,
    LANGUAGE_DATA_MISSING,
    TEXT_UNSURE,
)
LOSSY = frozenset(kind.code for kind in NOTICE_KINDS if kind.lossy)
