"""docling's layout stage, replayed: regions found by the layout network become docling clusters."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from docling.datamodel.accelerator_options import AcceleratorOptions
from docling.datamodel.base_models import Cluster, LayoutPrediction, Page
from docling.datamodel.document import ConversionResult
from docling.datamodel.pipeline_options import BaseLayoutOptions
from docling.models.base_layout_model import BaseLayoutModel
from docling_core.types.doc.labels import DocItemLabel

from pipeline.stages.light_layout.refine import refine
from pipeline.stages.replay import replay_of, to_docling


class ReplayLayoutOptions(BaseLayoutOptions):
    kind: ClassVar[str] = "folio_layout"


class ReplayLayout(BaseLayoutModel):
    """Hands docling the regions that the models predicted, unless settled corrected with what the page's text cells
    say.
    """

    def __init__(
        self,
        artifacts_path: Path | None,
        accelerator_options: AcceleratorOptions,
        options: ReplayLayoutOptions,
        enable_remote_services: bool = False,
    ) -> None:
        self.options = options

    @classmethod
    def get_options_type(cls) -> type[BaseLayoutOptions]:
        return ReplayLayoutOptions

    def predict_layout(self, conv_res: ConversionResult, pages: Sequence[Page]) -> list[LayoutPrediction]:
        return [self._predict(page) for page in pages]

    def _predict(self, page: Page) -> LayoutPrediction:
        replayed = replay_of(page)
        regions = replayed.prediction.regions if replayed.prediction.settled else refine(replayed)
        return LayoutPrediction(
            clusters=[
                Cluster(
                    id=index,
                    label=DocItemLabel(region.label.value),
                    confidence=region.score,
                    bbox=to_docling(region.box),
                    cells=[],
                )
                for index, region in enumerate(regions)
            ]
        )
