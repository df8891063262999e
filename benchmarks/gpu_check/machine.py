"""Which machine the figures are from."""

import os
import platform
import shutil
import subprocess
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

from benchmarks.gpu_check.results import Found
from benchmarks.gpu_check.setting import Setting
from benchmarks.gpu_check.wheels import BROUGHT, CARRIED

NAMED = ("torch", "torchvision", "triton", "transformers", "onnxruntime", "docling", "spaces", "rapidocr")


def facts(setting: Setting) -> Iterator[Found]:
    """Device, memory in bytes, versions and tools. Raises AssertionError where a package is missing."""
    import torch

    yield {
        "python": platform.python_version(),
        "host": platform.machine(),
        "cores": os.cpu_count(),
        "packages": {name: version_of(name) for name in NAMED},
        "tools": {name: shutil.which(name) or "" for name in ("g++", "ld", "nvcc", "ptxas")},
    }
    if setting.device == "cuda":
        free, total = torch.cuda.mem_get_info()
        major, minor = torch.cuda.get_device_capability()
        yield {
            "device": torch.cuda.get_device_name(),
            "capability": f"sm_{major}{minor}",
            "memory": total,
            "free": free,
            "cuda": torch.version.cuda or "",
            "driver": driver(),
        }
    else:
        yield {"device": f"{platform.machine()} (rehearsal)"}
    missing = [package.name for package in (*BROUGHT, *CARRIED) if find_spec(package.module) is None]
    assert not missing, f"missing packages: {', '.join(missing)}"


def version_of(name: str) -> str:
    """The installed version, empty where there is none."""
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def driver() -> str:
    """The driver's version, as its own tool tells it."""
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return ""
    command = [tool, "--query-gpu=driver_version", "--format=csv,noheader"]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=30).stdout.strip()
