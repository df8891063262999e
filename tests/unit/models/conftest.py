"""The shelf of compiled packages, and networks converted from ONNX once per session (about two seconds each)."""

import pytest
import torch
from torch import nn

from pipeline.models.aot.compiler import Target, compile_networks
from pipeline.models.aot.shelf import PackageShelf
from pipeline.models.from_onnx.light_networks import (
    BestCharacters,
    angle_classifier,
    layout_network,
    text_detector,
    text_reader,
)
from tests.support.cache import PACKAGES
from tests.support.tiny_networks import classifier, strips, two_inputs


@pytest.fixture(scope="session")
def kept_shelf() -> PackageShelf:
    """Compiled packages that outlive the test run: the key says when one is out of date. Tests only add to it."""
    return PackageShelf(PACKAGES)


@pytest.fixture(scope="session")
def tiny_shelf(kept_shelf: PackageShelf) -> PackageShelf:
    """Networks that compile in seconds, compiled for this machine."""
    for spec in (classifier(), strips(), two_inputs()):
        list(compile_networks([spec], Target("cpu"), kept_shelf, []))
    return kept_shelf


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    """As in the app; two threads on busy cores wait for each other most of the time."""
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def torch_layout() -> nn.Module:
    return layout_network()


@pytest.fixture(scope="session")
def torch_detector() -> nn.Module:
    return text_detector()


@pytest.fixture(scope="session")
def torch_classifier() -> nn.Module:
    return angle_classifier()


@pytest.fixture(scope="session")
def torch_reader() -> BestCharacters:
    return text_reader()
