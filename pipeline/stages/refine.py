"""Corrections of the layout network's regions by what the page's text cells say."""

from pipeline.pages import LayoutRegion
from pipeline.stages.replay import ReplayPage


def refine(page: ReplayPage) -> list[LayoutRegion]:
    """The page's regions as docling shall see them."""
    return [region for region in page.prediction.regions if region.score >= 0.5]
