"""Loads docling's networks from folders as they are on the Hub: ``config.json``, ``model.safetensors``, and what goes
with them.

A checkpoint is taken whole or not at all: a missing, surplus, misshapen or non-finite tensor refuses it, since
transformers would otherwise fill the gap with random numbers and go on.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import torch
from docling_ibm_models.tableformer_v2 import TableFormerV2
from torch import nn
from transformers import (
    AutoProcessor,
    AutoTokenizer,
    RTDetrImageProcessor,
    RTDetrV2Config,
    RTDetrV2ForObjectDetection,
)
from transformers.models.idefics3 import Idefics3ForConditionalGeneration
from transformers.utils import logging as transformers_logging

from pipeline.errors import WeightsDamaged
from pipeline.pages import LayoutLabel

LAYOUT_MODEL = "docling-layout-heron"
TABLE_MODEL = "TableFormerV2"
FORMULA_MODEL = "CodeFormulaV2"
SIDE = 640
CELL_TOKENS = ("fcel", "ecel", "ched", "rhed", "srow")
"""Tokens that open a cell with text or none, a column header, a row header and a section row (docling's stage, by
name).
"""

log = logging.getLogger(__name__)
Model = TypeVar("Model", bound=nn.Module)


@dataclass(frozen=True, slots=True)
class LayoutCheckpoint:
    """RT-DETRv2 in float32 on the CPU, in evaluation mode, and its class numbers' labels."""

    model: RTDetrV2ForObjectDetection
    labels: tuple[LayoutLabel, ...]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The names of the table network's tokens by number, without angle brackets, and the numbers of its first and last
    token.

    ``unspoken`` tokens (padding, start, end, unknown) are no part of a structure; ``boxed`` tokens get a box.
    """

    names: tuple[str, ...]
    start: int
    end: int
    unspoken: frozenset[int]
    boxed: frozenset[int]


@dataclass(frozen=True, slots=True)
class TableCheckpoint:
    """TableFormerV2 in float32 on the CPU, in evaluation mode, and its vocabulary."""

    model: TableFormerV2
    vocabulary: Vocabulary


@dataclass(frozen=True, slots=True)
class FormulaCheckpoint:
    """CodeFormulaV2 in bfloat16, as published, on the CPU and in evaluation mode; what prepares its inputs; and the
    numbers of the tokens that end a text and fill it up.
    """

    model: Any
    processor: Any
    end: int
    padding: int


def load_layout(folder: Path) -> LayoutCheckpoint:
    """docling-layout-heron from ``folder``. Raises WeightsDamaged where it is not that network, whole and finite."""
    try:
        config: Any = RTDetrV2Config.from_pretrained(folder)
        # With the input's size known beforehand the anchors are a constant, and the batch size can stay open in an
        # exported graph.
        config.anchor_image_size = [SIDE, SIDE]
        model = _whole(RTDetrV2ForObjectDetection, folder, config=config)
        _check_processor(RTDetrImageProcessor.from_pretrained(folder))
        names: dict[int, str] = config.id2label
        return LayoutCheckpoint(model, tuple(LayoutLabel(_snake(names[index])) for index in range(len(names))))
    except Exception:
        log.exception("the weights of %s cannot be used", LAYOUT_MODEL)
        raise WeightsDamaged(LAYOUT_MODEL) from None


def load_tables(folder: Path) -> TableCheckpoint:
    """TableFormerV2 from ``folder``. Raises WeightsDamaged where it is not that network, whole and finite."""
    try:
        model = _whole(TableFormerV2, folder)
        return TableCheckpoint(model, _vocabulary(AutoTokenizer.from_pretrained(folder), model))
    except Exception:
        log.exception("the weights of %s cannot be used", TABLE_MODEL)
        raise WeightsDamaged(TABLE_MODEL) from None


def load_formulas(folder: Path) -> FormulaCheckpoint:
    """CodeFormulaV2 from ``folder``. Raises WeightsDamaged where it is not that network, whole and finite."""
    try:
        model = _whole(Idefics3ForConditionalGeneration, folder, dtype=torch.bfloat16)
        processor: Any = AutoProcessor.from_pretrained(folder, local_files_only=True)
        words = processor.tokenizer
        words.padding_side = "left"  # texts go on at the right
        if words.eos_token_id is None:
            raise ValueError("the tokenizer has no token that ends a text")
        padding = words.eos_token_id if words.pad_token_id is None else words.pad_token_id
        return FormulaCheckpoint(model, processor, int(words.eos_token_id), int(padding))
    except Exception:
        log.exception("the weights of %s cannot be used", FORMULA_MODEL)
        raise WeightsDamaged(FORMULA_MODEL) from None


def _whole(kind: type[Model], folder: Path, dtype: torch.dtype = torch.float32, **options: Any) -> Model:
    quiet: Any = transformers_logging
    quiet.disable_progress_bar()
    loader: Any = kind
    model, found = loader.from_pretrained(
        folder, output_loading_info=True, local_files_only=True, dtype=dtype, **options
    )
    faults = {kind: keys for kind, keys in _faults(found).items() if keys}
    if faults:
        raise ValueError(f"the checkpoint does not fit the network: {faults}")
    if not all(bool(value.isfinite().all()) for value in model.state_dict().values() if value.is_floating_point()):
        raise ValueError("the checkpoint holds infinities or NaN")
    loaded: Model = model.eval()
    return loaded


def _faults(found: Mapping[str, Any]) -> dict[str, list[str]]:
    """What from_pretrained would have passed over; counters of batches are no weights."""
    return {
        name: sorted(str(key) for key in found[name] if not str(key).endswith("num_batches_tracked"))
        for name in ("missing_keys", "unexpected_keys", "mismatched_keys", "error_msgs")
    }


def _check_processor(processor: Any) -> None:
    """``layout.py`` does on the device what this processor says, as far as it says what heron's says."""
    wanted = (
        processor.do_resize,
        processor.do_rescale,
        processor.do_normalize,
        processor.do_pad,
        int(processor.resample),
    )
    size = (processor.size["height"], processor.size["width"])
    if (
        wanted != (True, True, False, False, 2)
        or size != (SIDE, SIDE)
        or abs(processor.rescale_factor * 255 - 1) > 1e-6
    ):
        raise ValueError("the checkpoint wants its images prepared in another way")


def _vocabulary(tokenizer: Any, model: TableFormerV2) -> Vocabulary:
    raw = [str(tokenizer.decode([index])).strip() for index in range(model.config.vocab_size)]
    names = tuple(name[1:-1] if name.startswith("<") and name.endswith(">") else name for name in raw)
    if missing := {*CELL_TOKENS, "nl", "lcel", "ucel"} - set(names):
        raise ValueError(f"the vocabulary lacks {missing}")
    unspoken = frozenset(index for index, name in enumerate(raw) if name in {"<pad>", "[UNK]", "<start>", "<end>"})
    return Vocabulary(
        names, int(tokenizer.bos_token_id), int(tokenizer.eos_token_id), unspoken, frozenset(model.config.data_cells)
    )


def _snake(label: str) -> str:
    return label.lower().replace("-", "_").replace(" ", "_")
