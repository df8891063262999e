"""docling's layout stage, replayed: regions found by the layout network become docling clusters."""

import itertools
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import ClassVar

from docling.datamodel.accelerator_options import AcceleratorOptions
from docling.datamodel.base_models import Cluster, LayoutPrediction, Page
from docling.datamodel.document import ConversionResult
from docling.datamodel.pipeline_options import BaseLayoutOptions
from docling.models.base_layout_model import BaseLayoutModel
from docling_core.types.doc.labels import DocItemLabel

from pipeline.models.turned_page import TurnedPage
from pipeline.pages import LayoutRegion
from pipeline.stages.docling_boxes import to_docling
from pipeline.stages.light_layout.refine import refine
from pipeline.stages.page_order import IN_ORDER, order_turned
from pipeline.stages.replay import replay_of


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
        if replayed.prediction.settled:
            return LayoutPrediction(clusters=_clusters(replayed.prediction.regions, range(IN_ORDER)))
        layout = refine(replayed)
        if layout.turn == 0:
            return LayoutPrediction(clusters=_clusters(layout.regions, range(IN_ORDER)))
        size = replayed.rendered.facts.size
        order = order_turned(layout.regions, TurnedPage(layout.turn, size.width, size.height))
        return LayoutPrediction(clusters=_clusters(order, itertools.count(IN_ORDER)))


def _clusters(regions: Sequence[LayoutRegion], numbers: Iterable[int]) -> list[Cluster]:
    return [
        Cluster(
            id=number,
            label=DocItemLabel(region.label.value),
            confidence=region.score,
            bbox=to_docling(region.box),
            cells=[],
        )
        for number, region in zip(numbers, regions, strict=False)
    ]
