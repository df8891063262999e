"""What the check needs beside torch, and the wheels that carry it to a machine without a network.

    python3 -m benchmarks.gpu_check.wheels            # collect them in .gpu-check/wheels, with their sizes
    python3 -m benchmarks.gpu_check.wheels --list     # only name them

Names the standard library only: it runs before anything is installed.
"""

import argparse
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from benchmarks.gpu_check.setting import ROOT, WHEELS

MOST_MB = 60  # 10^6 bytes
PLATFORMS = ("manylinux_2_28_x86_64", "manylinux_2_27_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64")


@dataclass(frozen=True, slots=True)
class Carried:
    """A package and one module of it, which shows whether it is installed. ``pinned`` is its version where
    requirements.txt does not name it: the one that its pins were tested with.
    """

    name: str
    module: str
    pinned: str = ""


# A machine that trains or serves with torch has these.
BROUGHT = (
    Carried("torch", "torch"),
    Carried("torchvision", "torchvision"),
    Carried("transformers", "transformers"),
    Carried("tokenizers", "tokenizers"),
    Carried("safetensors", "safetensors"),
    Carried("huggingface_hub", "huggingface_hub"),
    Carried("numpy", "numpy"),
    Carried("pillow", "PIL"),
    Carried("opencv-python", "cv2"),
    Carried("onnx", "onnx"),
    Carried("onnxruntime", "onnxruntime"),
    Carried("httpx", "httpx"),
    Carried("requests", "requests"),
    Carried("psutil", "psutil"),
    Carried("packaging", "packaging"),
    Carried("PyYAML", "yaml"),
    Carried("tqdm", "tqdm"),
)
CARRIED = (
    Carried("rapidocr", "rapidocr"),
    Carried("rapid-layout", "rapid_layout"),
    Carried("rapid-table", "rapid_table"),
    Carried("onnx2torch", "onnx2torch"),
    Carried("onnxslim", "onnxslim"),
    Carried("pypdfium2", "pypdfium2"),
    Carried("docling-ibm-models", "docling_ibm_models"),
    Carried("spaces", "spaces"),
    Carried("pydantic", "pydantic"),
    Carried("pydantic_core", "pydantic_core", "2.50.4"),
    Carried("annotated-types", "annotated_types", "0.8.0"),
    Carried("typing-inspection", "typing_inspection", "0.4.5"),
    Carried("omegaconf", "omegaconf", "2.4.0"),
    Carried("colorlog", "colorlog", "6.12.0"),
    Carried("pyclipper", "pyclipper", "1.4.0"),
    Carried("shapely", "shapely", "2.2.0"),
)

Download = Callable[[Sequence[str], Path], None]


def main() -> int:
    """Collect the wheels, list them with their sizes; 1 where they are too large together."""
    parser = argparse.ArgumentParser(
        prog="python3 -m benchmarks.gpu_check.wheels", description="Wheels to carry along."
    )
    parser.add_argument("--list", action="store_true", help="only name them")
    parser.add_argument("--to", type=Path, default=WHEELS, help="folder of the wheels")
    parser.add_argument("--python", default="3.12", help="the machine's Python")
    chosen = parser.parse_args()
    if chosen.list:
        print("\n".join(requirements()))
        return 0
    return collect(chosen.to, lambda names, folder: download(names, folder, chosen.python))


def requirements() -> list[str]:
    """``name==version`` of each carried package."""
    pins = dict(re.findall(r"^([\w-]+)==(\S+)$", (ROOT / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE))
    return [f"{package.name}=={package.pinned or pins[package.name]}" for package in CARRIED]


def collect(folder: Path, download: Download) -> int:
    """Put the wheels into ``folder``, without older ones, and list them; 1 beyond ``MOST_MB``."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.whl"):
        old.unlink()
    download(requirements(), folder)
    sizes = {wheel.name: wheel.stat().st_size / 1e6 for wheel in sorted(folder.glob("*.whl"))}
    for name, size in sizes.items():
        print(f"{size:6.1f} MB  {name}")
    print(f"{sum(sizes.values()):6.1f} MB  in {folder}, of at most {MOST_MB}")
    return int(sum(sizes.values()) > MOST_MB)


def download(names: Sequence[str], folder: Path, python: str) -> None:
    """Fetch wheels for x86-64 Linux from the package index."""
    platforms = [word for platform in PLATFORMS for word in ("--platform", platform)]
    options = ["--quiet", "--no-deps", "--only-binary=:all:", "--python-version", python, *platforms]
    subprocess.run([sys.executable, "-m", "pip", "download", *options, "-d", str(folder), *names], check=True)


def unpack(wheels: Path, site: Path) -> bool:
    """Install into ``site`` what ``wheels`` hold, where a carried package is missing here; whether ``site`` is needed.

    Raises CalledProcessError where pip does not take a wheel.
    """
    if all(find_spec(package.module) is not None for package in CARRIED):
        return False
    files = sorted(map(str, wheels.glob("*.whl")))
    if files and not site.exists():
        options = ["--quiet", "--no-index", "--no-deps", "--no-compile", "--target", str(site)]
        subprocess.run([sys.executable, "-m", "pip", "install", *options, *files], check=True)
    return site.exists()


if __name__ == "__main__":
    sys.exit(main())
