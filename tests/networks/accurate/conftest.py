"""The small accurate networks and the pages that they read."""

from tests.support.accurate_fixtures import few_image_blocks, pages, weights_dir

__all__ = ["few_image_blocks", "pages", "weights_dir"]
