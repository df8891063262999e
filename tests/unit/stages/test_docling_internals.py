"""docling still has the private members that Folio uses, and no other module of Folio uses one."""

import ast
import inspect
from pathlib import Path

import pytest
from docling.datamodel.base_models import Page
from docling.datamodel.document import ConversionResult
from docling.models import factories
from docling.models.stages.page_preprocessing.page_preprocessing_model import PagePreprocessingModel
from docling.models.stages.reading_order.readingorder_model import ReadingOrderModel
from docling.pipeline import standard_pdf_pipeline
from docling.pipeline.standard_pdf_pipeline import StandardPdfPipeline
from docling.utils import pdf_outline

import pipeline
from pipeline.stages import docling_internals
from pipeline.stages.assemble import build_pipeline
from pipeline.stages.replay_layout import ReplayLayout
from pipeline.stages.replay_ocr import ReplayOcr
from pipeline.stages.replay_tables import ReplayTables

ATTRIBUTES = [
    (Page, "_backend"),
    (Page, "_image_cache"),
    (ConversionResult, "_page_sizes_by_no"),
]
METHOD = "_assemble_document"
STEPS = {"_add_code_element", "_add_table_element", "_add_picture_element", "_handle_text_element"}
OUTLINE_FIELDS = {"title", "level", "page_no", "y_top"}
DOOR = Path(docling_internals.__file__)


def private_names(file: Path) -> set[str]:
    """Underscored attributes that the file reads or sets on anything but ``self`` and ``cls``."""
    return {
        node.attr
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and node.attr.startswith("_")
        and not node.attr.startswith("__")
        and not (isinstance(node.value, ast.Name) and node.value.id in ("self", "cls"))
    }


@pytest.mark.parametrize(("owner", "name"), ATTRIBUTES)
def test_the_attribute_is_there(owner: type[Page] | type[ConversionResult], name: str) -> None:
    assert name in owner.__private_attributes__


def test_the_method_takes_a_result_and_the_outline_entry_its_fields() -> None:
    assert list(inspect.signature(getattr(StandardPdfPipeline, METHOD)).parameters) == ["self", "conv_res"]
    assert set(pdf_outline._PdfOutlineItem.model_fields) == OUTLINE_FIELDS


def test_the_page_image_is_made_by_a_method_of_its_own() -> None:
    assert list(inspect.signature(PagePreprocessingModel._populate_page_images).parameters) == ["self", "page"]


def test_the_steps_of_reading_order_are_methods_and_one_of_them_takes_the_list_by_name() -> None:
    assert set(vars(ReadingOrderModel)) >= STEPS
    named = inspect.signature(ReadingOrderModel._handle_text_element).parameters["current_list"]
    assert named.kind is inspect.Parameter.KEYWORD_ONLY


def test_stages_are_asked_for_by_functions_that_come_back() -> None:
    before = {name: getattr(standard_pdf_pipeline, name) for name in docling_internals.FACTORIES}
    assert before == {name: getattr(factories, name) for name in docling_internals.FACTORIES}
    made = build_pipeline()
    assert [type(stage) for stage in (made.layout_model, made.ocr_model, made.table_model)] == [
        ReplayLayout,
        ReplayOcr,
        ReplayTables,
    ]
    assert {name: getattr(standard_pdf_pipeline, name) for name in docling_internals.FACTORIES} == before


def test_the_list_above_is_what_the_module_uses() -> None:
    assert private_names(DOOR) == STEPS | {METHOD, *(name for _, name in ATTRIBUTES)}


def test_no_other_stage_reaches_into_docling() -> None:
    used = {name for _, name in ATTRIBUTES} | {METHOD}
    files = [file for file in Path(pipeline.__path__[0]).rglob("*.py") if file != DOOR]
    assert {file.name: names for file in files if (names := private_names(file) & used)} == {}
