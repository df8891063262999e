"""Networks that several tests use, converted from ONNX once per session (about two seconds each)."""

import pytest
import torch
from torch import nn

from pipeline.models.from_onnx.networks import BestCharacters, angle_classifier, layout_network, text_detector, text_reader


@pytest.fixture(scope="session", autouse=True)
def two_threads() -> None:
    torch.set_num_threads(2)


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
