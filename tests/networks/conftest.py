"""Networks converted from ONNX once per session (about two seconds each)."""

import pytest
import torch
from torch import nn

from pipeline.models.from_onnx.light_networks import (
    BestCharacters,
    angle_classifier,
    layout_network,
    text_detector,
    text_reader,
)


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
