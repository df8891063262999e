"""docling's side of benchmarks/gpu.py: a whole conversion, as Spaces do that put ``DocumentConverter.convert`` under
``@spaces.GPU``.

Pipeline, stages, batch sizes and threads are docling's defaults, with TableFormerV2 for tables; the networks are
docling's own classes over the checkpoints that Folio's networks are loaded from. Text is read by RapidOCR on
onnxruntime, which is what docling chooses by itself where both are installed; the plain wheel of onnxruntime computes
on the CPU, while the GPU is held.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from docling.datamodel.accelerator_options import AcceleratorOptions
from docling.datamodel.base_models import Cluster, InputFormat, LayoutPrediction, Page
from docling.datamodel.document import ConversionResult
from docling.datamodel.pipeline_options import RapidOcrOptions, TableStructureV2Options, ThreadedPdfPipelineOptions
from docling.document_converter import DocumentConverter, PdfFormatOption
from docling.pipeline.standard_pdf_pipeline import StandardPdfPipeline
from docling_core.types.doc import DocItemLabel
from transformers.utils import logging as transformers_logging

from benchmarks.gpu_clock import Clock
from benchmarks.gpu_pages import Corpus, Kind
from pipeline.models.wheels import ANGLE_CLASSIFIER, TEXT_DETECTOR, TEXT_READER, wheel_file
from pipeline.pages import LayoutRegion
from pipeline.stages.docling_boxes import to_docling

LAYOUT, TABLES, OCR = "heron", "tableformer", "rapidocr"


class Docling:
    """docling over a corpus, with a clock at its networks. Its stages run side by side, and so do the seconds that the
    clock books.
    """

    def __init__(self, weights_dir: Path, pages: Corpus, clock: Clock, folder: Path) -> None:
        """``folder`` takes the PDFs."""
        transformers_logging.disable_progress_bar()
        self.pages, self.clock, self.folder = pages, clock, folder
        self.converter = DocumentConverter(
            format_options={
                InputFormat.PDF: PdfFormatOption(
                    pipeline_options=pipeline_options(weights_dir, pages.kind, clock.device)
                )
            }
        )
        self.converter.initialize_pipeline(InputFormat.PDF)
        (pipeline,) = self.converter.initialized_pipelines.values()
        assert isinstance(pipeline, StandardPdfPipeline)
        watch(pipeline, clock)
        # docling only calls a stage, so none of the base class is needed.
        pipeline.layout_model = SettledLayout(pipeline.layout_model, pages.regions)  # type: ignore[assignment]

    @property
    def engines(self) -> dict[str, str]:
        """Of each task that is done."""
        ocr = {"ocr": "onnxruntime"} if self.pages.kind is Kind.SCANNED else {}
        return {"layout": "torch", "tables": "torch", **ocr}

    def file(self, pages: int) -> Path:
        """A PDF of the first ``pages`` pages, made where it is missing."""
        file = self.folder / f"{pages}.pdf"
        return file if file.exists() else self.pages.first(pages).save(file)

    def prepare(self, pages: int) -> None:
        """See ``Contender.prepare``."""
        self.file(pages)

    def run(self, pages: int) -> int:
        """See ``Contender.run``; the Markdown is written too."""
        result = self.convert(pages)
        assert result.document.export_to_markdown()
        return sum(
            len(found.table_map) for page in result.pages if (found := page.predictions.tablestructure) is not None
        )

    def convert(self, pages: int) -> ConversionResult:
        """docling's result for the first ``pages`` pages."""
        result = self.converter.convert(self.file(pages))
        assert len(result.pages) == pages
        return result


class SettledLayout:
    """Runs docling's layout stage at full cost, and then goes on with the regions of the corpus."""

    def __init__(self, stage: Any, regions: Sequence[Sequence[LayoutRegion]]) -> None:
        self.stage, self.regions = stage, regions

    def __call__(self, conv_res: ConversionResult, page_batch: Iterable[Page]) -> Iterator[Page]:
        for page in self.stage(conv_res, page_batch):
            page.predictions.layout = LayoutPrediction(clusters=clusters(self.regions[page.page_no - 1]))
            yield page


def clusters(regions: Sequence[LayoutRegion]) -> list[Cluster]:
    """The regions as docling's layout stage would give them."""
    return [
        Cluster(
            id=index,
            label=DocItemLabel(region.label.value),
            confidence=region.score,
            bbox=to_docling(region.box),
            cells=[],
        )
        for index, region in enumerate(regions)
    ]


def pipeline_options(weights_dir: Path, kind: Kind, device: str) -> ThreadedPdfPipelineOptions:
    """Plain pages are not searched for pictures with text in them."""
    accelerator = AcceleratorOptions(device=device)
    if device == "cpu":
        accelerator.num_threads = 1  # as many as Folio's networks have
    return ThreadedPdfPipelineOptions(
        artifacts_path=weights_dir,
        accelerator_options=accelerator,
        do_ocr=kind is Kind.SCANNED,
        ocr_options=RapidOcrOptions(
            det_model_path=str(wheel_file(*TEXT_DETECTOR)),
            cls_model_path=str(wheel_file(*ANGLE_CLASSIFIER)),
            rec_model_path=str(wheel_file(*TEXT_READER)),
        ),
        table_structure_options=TableStructureV2Options(),
    )


def watch(pipeline: StandardPdfPipeline, clock: Clock) -> None:
    """Book the calls of the networks."""
    stages: Any = pipeline
    heron, tables = stages.layout_model.engine._model, stages.table_model.model
    heron.forward = clock.timed(LAYOUT, heron.forward)
    tables.generate = clock.timed(TABLES, tables.generate)
    if stages.pipeline_options.do_ocr:
        stages.ocr_model.reader = clock.timed(OCR, stages.ocr_model.reader)
