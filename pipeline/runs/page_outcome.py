"""How a converted page ended: its notices, and how far its text is to be trusted, from what happened to it."""

from pipeline.errors.page_notices import TEXT_UNSURE
from pipeline.pages import PageFacts, PagePrediction, PageStatus
from pipeline.records import IMAGE, LANGUAGES_JOINED, LAYER, READ_IN, SOURCES_JOINED, PageOutcome
from pipeline.runs.state import noted

UNSURE = 0.6  # a page below it is worth a notice
DOUBTED = 0.5  # worth of a character in a font that seems to lie about its letters


def converted_page(facts: PageFacts, prediction: PagePrediction, replaced: bool, blocks: int) -> PageOutcome:
    """The outcome of a page of ``blocks`` document items; ``replaced`` says that OCR stands in place of its text
    layer.
    """
    confidence = page_confidence(facts, prediction, replaced)
    unsure = confidence is not None and confidence < UNSURE
    notices = (*facts.notices, *prediction.notices, *([TEXT_UNSURE.on(prediction.page)] if unsure else []))
    code, reason = noted(notices)
    return PageOutcome(
        prediction.page,
        PageStatus.OK,
        code,
        reason,
        prediction.ocr,
        round(prediction.layout_ms + prediction.ocr_ms + prediction.table_ms, 1),
        blocks,
        prediction.bundle,
        None if confidence is None else round(confidence, 3),
        text_source(facts, prediction, replaced),
    )


def text_source(facts: PageFacts, prediction: PagePrediction, replaced: bool) -> str:
    """Where the page's text came from, as ``PageOutcome.source`` has it."""
    read = prediction.ocr and bool(prediction.lines)
    printed = facts.characters > 0 and not (replaced and prediction.ocr)
    layer = printed or (facts.hidden_characters > 0 and not read)
    languages = READ_IN + LANGUAGES_JOINED.join(prediction.languages) if prediction.languages else ""
    return SOURCES_JOINED.join([LAYER] * layer + [IMAGE + languages] * read)


def page_confidence(facts: PageFacts, prediction: PagePrediction, replaced: bool) -> float | None:
    """A number in [0, 1]; None for a page on which there was nothing to read.

    Characters of the text layer count by whether they have a meaning and their font is believed, those of OCR by the
    recogniser's score, which lines that could not be read pull down.
    """
    read = sum(len(line.text) for line in prediction.lines) if prediction.ocr else 0
    printed = 0 if replaced and prediction.ocr else facts.characters
    if read + printed == 0:
        return 0.0 if prediction.ocr and prediction.text_score < 1 else None
    doubtful = min(facts.doubtful_characters / facts.characters, 1.0) if facts.characters else 0.0
    layer = max(1.0 - facts.garbled_share - (1 - DOUBTED) * doubtful, 0.0)
    return (read * prediction.text_score + printed * layer) / (read + printed)
