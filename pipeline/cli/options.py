"""The options of a conversion, as arguments of every command that converts."""

import argparse

from pipeline.errors import LanguageUnknown
from pipeline.languages import language_codes
from pipeline.pages import LaneChoice, OcrMode
from pipeline.records import ConvertOptions


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare what ``chosen_options`` reads."""
    parser.add_argument("--pages", default="", help="pages to convert, such as 1-3,7 (default: all)")
    parser.add_argument(
        "--ocr", type=OcrMode, choices=list(OcrMode), default=OcrMode.AUTO, help="read text from the page image"
    )
    parser.add_argument(
        "--languages", default="", help="languages of scanned text, such as ru,en (default: found out page by page)"
    )
    parser.add_argument("--no-tables", action="store_true", help="leave tables without structure")
    parser.add_argument(
        "--lane",
        type=LaneChoice,
        choices=list(LaneChoice),
        default=LaneChoice.GPU_THEN_CPU,
        help="where the models run",
    )


def chosen_options(chosen: argparse.Namespace) -> ConvertOptions:
    """The options that the arguments choose. Ends the command for a language that Folio does not know."""
    return ConvertOptions(chosen.pages, chosen.ocr, not chosen.no_tables, chosen.lane, _languages(chosen.languages))


def _languages(text: str) -> tuple[str, ...]:
    try:
        return language_codes(text)
    except LanguageUnknown as error:
        raise SystemExit(error.message) from None
