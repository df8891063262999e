"""The rules of ``pipeline/stages`` that can be switched off: something simpler takes the place of a function."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib import import_module

from docling.models.postprocessing.reading_order_rb import PageElement

from pipeline.stages.light_layout.blocks import LINE_GAP
from pipeline.stages.text_columns import LEAST_TEXT

STAGES = "pipeline.stages."
LAYOUT = "light_layout."
DOCUMENT = "document."


@dataclass(frozen=True)
class Rule:
    """A rule's name, the function that is it, as module (below ``pipeline.stages``) and attribute, and what stands in
    its place when it is off.
    """

    name: str
    module: str
    attribute: str
    off: Callable[..., object]


def _first(value: object, *_: object, **__: object) -> object:
    return value


def _copied(values: Sequence[object], *_: object, **__: object) -> list[object]:
    return list(values)


def _empty(*_: object, **__: object) -> list[object]:
    return []


def _no(*_: object, **__: object) -> bool:
    return False


def _yes(*_: object, **__: object) -> bool:
    return True


def _none(*_: object, **__: object) -> None:
    return None


def _zero(*_: object, **__: object) -> int:
    return 0


def _no_numbers(*_: object, **__: object) -> set[int]:
    return set()


def _long_row(row: Sequence[PageElement], _: object) -> bool:
    return any(len(element.text) >= LEAST_TEXT for element in row)


def _first_found(structures: Sequence[object], *_: object) -> object:
    return next((structure for structure in structures if structure is not None), None)


RULES = (
    # -- lines
    Rule("margin numbers join their clauses", LAYOUT + "lines", "with_margin_numbers", _copied),
    Rule("bare numbers of lists", LAYOUT + "refine", "with_bare_numbers", _copied),
    Rule("drawn bullets", LAYOUT + "refine", "with_drawn_bullets", _copied),
    Rule("strokes of scanned lines", LAYOUT + "refine", "with_stroke_weights", _copied),
    Rule("columns of a scan a space apart", LAYOUT + "refine", "with_column_starts", _copied),
    Rule("check boxes in text", "replay", "mark_choices", _none),
    Rule("letters that look like check boxes", "check_boxes", "_is_a_letter", _no),
    Rule("choice between text layer and OCR", "replay", "choose_text", lambda page, lines: lines),
    Rule("dashes read as lines", "replay", "with_read_dashes", _copied),
    Rule("scanned type by its width", DOCUMENT + "element_text", "type_height", lambda text, box, typewritten: 0.0),
    Rule("scanned headings of one size", DOCUMENT + "headings", "settled_heights", lambda heights, weights: heights),
    Rule("letters higher than their font says", LAYOUT + "lines", "letter_box", _first),
    # -- tables and pictures
    Rule("contents pages", LAYOUT + "refine", "contents", _empty),
    Rule("lists side by side", LAYOUT + "refine", "list_columns", _empty),
    Rule("fields beside their labels", LAYOUT + "refine", "field_rows", _empty),
    Rule("terms beside their texts", LAYOUT + "refine", "term_rows", _empty),
    Rule("contents by page numbers", LAYOUT + "contents_pages", "_paged", _empty),
    Rule("pieces at the end of a paragraph", LAYOUT + "classify", "with_ends", _copied),
    Rule("number tiles", LAYOUT + "refine", "number_tiles", _empty),
    Rule("tables between level rules", LAYOUT + "refine", "open_tables", _empty),
    Rule("tables around rules that cross", LAYOUT + "refine", "crossed_tables", _empty),
    Rule("outer rows of ruled tables without a rule", LAYOUT + "rulings", "_with_open_rows", _first),
    Rule("columns left of the names of amounts", LAYOUT + "amount_tables", "_with_first_columns", _first),
    Rule("amount tables", LAYOUT + "refine", "_amount_tables", _empty),
    Rule("remarks beside amounts", LAYOUT + "amount_tables", "_with_remarks", _first),
    Rule("second lines of remarks", LAYOUT + "amount_tables", "_goes_on", _no),
    Rule("heads with a row or two", LAYOUT + "refine", "headed_tables", _empty),
    Rule("structure of heads with a row or two", "replay_tables", "headed_structure", _none),
    Rule("pictures of nothing but rows", LAYOUT + "refine", "without_bare", _copied),
    Rule("captions seen in pictures", LAYOUT + "containers", "_without_caption", _first),
    Rule("rows alone", LAYOUT + "amount_tables", "_lone_rows", _empty),
    Rule("tables in pictures", LAYOUT + "refine", "_pictured_tables", _empty),
    Rule("frames", LAYOUT + "ruled_tables", "frames", _empty),
    Rule("headed blocks", LAYOUT + "ruled_tables", "headed_blocks", _empty),
    Rule("ruled tables", LAYOUT + "ruled_tables", "lattices", _empty),
    Rule("titles in ruled tables", LAYOUT + "ruled_tables", "without_title", _first),
    Rule("pictures that are text", LAYOUT + "containers", "_is_text", _no),
    Rule("tables that are running text", LAYOUT + "containers", "is_running", _no),
    Rule("tables that hold sections", LAYOUT + "containers", "_holds_sections", _no),
    Rule("tables of one column", LAYOUT + "containers", "_is_one_column", _no),
    Rule("tables parted at headings", LAYOUT + "refine", "parted_at_headings", _copied),
    Rule("tables that join frames", LAYOUT + "containers", "_joins_frames", _no),
    Rule("tables that join ruled tables", LAYOUT + "containers", "_joins_lattices", _no),
    Rule("tables less captions and notes", LAYOUT + "containers", "_grid", _first),
    Rule("tables that are code", LAYOUT + "containers", "_is_code", _no),
    Rule("texts side by side in a cell", LAYOUT + "match", "_beside", _empty),
    Rule("ruleless tables", LAYOUT + "refine", "loose_tables", _empty),
    Rule("doubt of spaced text", LAYOUT + "refine", "is_spaced", _no),
    Rule("tables grown over rows", LAYOUT + "refine", "with_rows_beside", _first),
    Rule("words cut by a table's edge", LAYOUT + "refine", "with_cut_words", _first),
    Rule("second lines of cells", LAYOUT + "ruleless_tables", "_goes_on", _no),
    Rule("heads of tables", LAYOUT + "refine", "with_head_above", _first),
    Rule("turned heads of tables", LAYOUT + "refine", "with_turned_heads", _first),
    Rule("turned labels", LAYOUT + "turned", "_are_labels", _no),
    Rule("tables of the lines before predicted ones", LAYOUT + "refine", "_is_better", _no),
    Rule("names over amounts are a head", "replay_tables", "with_head", _first),
    Rule("heads far from their figures", LAYOUT + "whitespace", "_stand_apart", _no),
    Rule("structure of a contents page", "replay_tables", "contents_structure", _none),
    Rule("signs of currency", "replay_tables", "with_signs_apart", _copied),
    Rule("ink of read words", "replay_tables", "inked", _first),
    Rule("structure by drawn rules", "replay_tables", "ruled_structure", _none),
    Rule("structure by white space", "replay_tables", "structure", _none),
    Rule("best of several structures", "replay_tables", "best_structure", _first_found),
    Rule("columns of tagged tables", "tagged.tagged_page", "in_their_columns", _copied),
    # -- blocks
    Rule("console pages", LAYOUT + "refine", "is_console_page", _no),
    Rule("pieces of bare text", "tagged.tagged_page", "with_whole_texts", _copied),
    Rule("code below its caption", "tagged.bare_text", "_begins_code", _no),
    Rule("headings tagged as items", "tagged.tagged_page", "with_headings_of_items", _copied),
    Rule("texts around pictures or tables", LAYOUT + "refine", "_wraps", _no),
    Rule("texts in texts", LAYOUT + "refine", "dissolved", lambda blocks: (list(blocks), [])),
    Rule("blocks that go on", LAYOUT + "refine", "joined", _copied),
    Rule("lines cut off in a sentence go on", LAYOUT + "assign_lines", "_is_cut_off", _no),
    Rule("lone pieces beside a line", LAYOUT + "assign_lines", "_beside", _no),
    Rule("columns seen as one block", LAYOUT + "classify", "_columns", lambda block, ordered: [block.lines]),
    Rule("first items of lists", LAYOUT + "refine", "with_first_items", _copied),
    Rule("ends of paragraphs in fixed pitch", LAYOUT + "classify", "ends_paragraph", _no),
    Rule("pieces of code", LAYOUT + "refine", "code_runs", _empty),
    Rule("stretched lines", LAYOUT + "classify", "with_stretched", _copied),
    Rule("items in fixed pitch", LAYOUT + "fixed_rows", "is_signed", _no),
    Rule("initials that are no letters of lists", LAYOUT + "refine", "without_initials", _copied),
    Rule("centred headings in capitals", LAYOUT + "followed_headings", "_is_in_capitals", _no),
    Rule("labels beside their texts", LAYOUT + "classify", "labelled_runs", _empty),
    Rule("items begin with marks", LAYOUT + "breaks", "_items", _no_numbers),
    Rule("captions begin with titles", LAYOUT + "breaks", "_captions", _no_numbers),
    Rule("lines to write on end paragraphs", LAYOUT + "breaks", "_fields", _no_numbers),
    Rule("paragraphs begin indented", LAYOUT + "breaks", "_indented", _no_numbers),
    Rule("entries hang", LAYOUT + "breaks", "_hanging", _no_numbers),
    Rule("entries begin with authors", LAYOUT + "breaks", "_by_authors", _no_numbers),
    Rule("centred lines are one block", LAYOUT + "breaks", "_share_middle", _no),
    Rule("paragraphs end early", LAYOUT + "breaks", "_ends_early", _no),
    Rule("edge of a column", LAYOUT + "classify", "column_edge", _none),
    Rule("headings of two levels in one region", LAYOUT + "classify", "_next_level", _no),
    Rule("the type changes", LAYOUT + "classify", "_changes", _no),
    # -- what a block is
    Rule("furniture of a page", LAYOUT + "refine", "furniture", _copied),
    Rule("page numbers below small print", LAYOUT + "furniture", "_without_page_number", lambda block, *_: [block]),
    Rule("headings by the text", LAYOUT + "classify", "_may_head", _yes),
    Rule("rows of one sentence", LAYOUT + "classify", "_is_one_sentence", _no),
    Rule("headings of two pieces", LAYOUT + "refine", "whole_headings", _copied),
    Rule("headings by what follows", LAYOUT + "refine", "follow_up", _copied),
    Rule("parts of formulas", LAYOUT + "classify", "is_term", _no),
    Rule("headings over the middle of their text", LAYOUT + "followed_headings", "_is_centred", _no),
    Rule("a section in a section", LAYOUT + "line_patterns", "goes_deeper", _no),
    Rule("labels in pictures", LAYOUT + "refine", "_plain", _first),
    Rule("heads in frames", LAYOUT + "refine", "_plain_in_frame", _first),
    Rule("captions", LAYOUT + "classify", "_is_caption", _no),
    Rule("captions in the body's type", LAYOUT + "classify", "_is_text_beside_captions", _no),
    Rule("formulas", LAYOUT + "classify", "is_formula", _no),
    # -- reading order and the whole document
    Rule("from top to bottom where nothing is beside", "text_columns", "_stacked", _empty),
    Rule("columns of text", "page_order", "in_columns", lambda text, order: order(text)),
    Rule("cells above the columns", "text_columns", "_head", _empty),
    Rule("paragraphs are no cells above the columns", "text_columns", "_is_columns_text", _long_row),
    Rule("cells over the middle of the columns", "text_columns", "_is_centred", _no),
    Rule("two stories on a page", "text_columns", "_begins_story", _no),
    Rule("overlapping boxes", "overlaps", "_cut", _copied),
    Rule("headings side by side", "page_order", "with_their_texts", _copied),
    Rule("tables follow their headings", "page_order", "with_their_tables", _copied),
    Rule("what stands above comes first", "page_order", "upper_first", _copied),
    Rule("rows drawn from the right", "page_order", "in_rows", _none),
    Rule("heads of a page come first", "page_order", "_page_heads", _empty),
    Rule("paragraphs over columns and pages", "page_order", "paragraph_merges", lambda elements: {}),
    Rule("entries of an index", LAYOUT + "refine", "index_entries", _copied),
    Rule("indexes are no tables", LAYOUT + "containers", "is_index", _no),
    Rule("pale panels", LAYOUT + "ruled_tables", "_pale_panels", _empty),
    Rule("boxes beside text", LAYOUT + "containers", "_is_beside_text", _no),
    Rule("words over headlines", "text_columns", "_kickers", _empty),
    Rule("tables between rules that are text", LAYOUT + "open_tables", "is_running", _no),
    Rule("columns of items", "text_columns", "_is_list", _no),
    Rule("columns as wide as others", "text_columns", "_is_in_step", _no),
    Rule("notes longer than their text", LAYOUT + "long_notes", "_text_above_notes", _empty),
    Rule("notes that go on", LAYOUT + "refine", "with_notes_going_on", _copied),
    Rule("paragraphs around boxes", LAYOUT + "refine", "parted_around", _copied),
    Rule("paragraphs go on below a box", "paragraph_merges", "_around_boxes", lambda elements, known: {}),
    Rule("heads above the figures of a report", LAYOUT + "refine", "parted_at_heads", _copied),
    Rule("heads of the rows below the rules", LAYOUT + "open_tables", "_is_next_head", _no),
    Rule("heads over the middle of others", LAYOUT + "whitespace", "_centred_over", _first),
    Rule("heads too wide for their columns", LAYOUT + "whitespace", "_has_word_for_each", _no),
    Rule("bold heads of tagged tables", "tagged.tagged_page", "has_bold_head", _no),
    Rule("rules between columns of text", LAYOUT + "ruled_tables", "dividers", _empty),
    Rule("frames with round corners", LAYOUT + "frames", "_rounded", _none),
    Rule("days of months are no items", LAYOUT + "breaks", "_runs_on", _no),
    Rule("few entries that hang", LAYOUT + "breaks", "_are_entries", _no),
    Rule("displays among full lines", LAYOUT + "breaks", "_run_on", _zero),
    Rule("leading of a page", LAYOUT + "assign_lines", "shown_line_gap", lambda lines: LINE_GAP),
    Rule("leading of Chinese and Japanese", LAYOUT + "blocks", "is_ideographic", _no),
    Rule("hyphens at line ends", "page_assembly", "join_lines", lambda lines, vocabulary: list(lines)),
    Rule("entries apart", "assemble", "split_entries", _none),
    Rule("furniture of a document", "assemble", "settle_furniture", _none),
    Rule("repeated blocks", "assemble", "repeated_blocks", lambda pages, texts: set()),
    Rule("sections named in running lines", DOCUMENT + "running_lines", "_named", _no_numbers),
    Rule("parts of headers", DOCUMENT + "running_lines", "_parts", _empty),
    Rule("next rows of footers", DOCUMENT + "running_lines", "_is_next", _no),
    Rule("chapters beside their sections", DOCUMENT + "running_lines", "_of_chapters", _empty),
    Rule("titles beside page numbers", DOCUMENT + "running_lines", "_beside_numbers", _empty),
    Rule("rows alone at the foot of a page", DOCUMENT + "running_lines", "_is_lone_row", _no),
    Rule(
        "pages that say the same",
        DOCUMENT + "running_lines",
        "first_alike",
        lambda pages, texts: {page.page_no: page.page_no for page in pages},
    ),
    Rule("parts of sections that begin pages", DOCUMENT + "running_lines", "_below_text", _no_numbers),
    Rule("signs outside of styles", DOCUMENT + "emphasis", "_trimmed", lambda run: [run]),
    Rule("heads alone at the foot of a page", DOCUMENT + "joined_tables", "_is_head_of", _no),
    Rule("copies of a form", DOCUMENT + "joined_tables", "_first_row", lambda data: (str(id(data)),)),
    Rule("tables over pages", DOCUMENT + "passes", "join_tables", _none),
    Rule("headings that no tag names", DOCUMENT + "headings", "name_display_lines", _no_numbers),
    Rule("title", DOCUMENT + "headings", "find_title", _none),
    Rule("titles of covers", DOCUMENT + "headings", "cover_title", _none),
    Rule("pictures' words on covers", DOCUMENT + "headings", "unmark_drawn", _none),
    Rule("titles of first slides", DOCUMENT + "headings", "_is_title_slide", _no),
    Rule("names of authors", DOCUMENT + "headings", "unmark_bylines", _none),
    Rule("numbered siblings of headings", DOCUMENT + "headings", "name_siblings", _none),
    Rule("kinds of heading numbers", DOCUMENT + "headings", "nested_levels", lambda headings: {}),
    Rule("heading levels by type", DOCUMENT + "headings", "merged_levels", lambda told, shown: [n or 1 for n in told]),
    Rule("code with its lines", DOCUMENT + "passes", "keep_code", _none),
    Rule("marks that were read as letters", DOCUMENT + "nested_lists", "_drop_read_marks", _none),
    Rule("nested lists", DOCUMENT + "passes", "nest_lists", _none),
    Rule("verse around a middle", DOCUMENT + "kept_lines", "_middle_edge", lambda text, width: 0.0),
    Rule("verse and addresses", DOCUMENT + "passes", "keep_verse", _none),
    Rule("styles and links", DOCUMENT + "passes", "add_styles", _none),
    Rule("styles and links of cells", DOCUMENT + "passes", "add_cell_styles", _none),
    Rule("lines to write on", DOCUMENT + "passes", "shorten_blanks", _none),
)


@contextmanager
def switched_off(*rules: Rule) -> Iterator[None]:
    """Folio without ``rules`` while this is entered.

    Raises AttributeError where a rule's function has another name by now.
    """
    with ExitStack() as stack:
        for rule in rules:
            module = import_module(STAGES + rule.module)
            stack.callback(setattr, module, rule.attribute, getattr(module, rule.attribute))
            setattr(module, rule.attribute, rule.off)
        yield
