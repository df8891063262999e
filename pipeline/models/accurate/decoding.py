"""All tables of a micro-batch are decoded together, one token of each per step.

Every ``CHECK_EVERY`` steps the tables that have ended leave the batch, so that one long table does not keep the others
at work, and the GPU is waited for no more often than that. Sizes: n tables, l layers, h heads, s places of the image, t
slots for tokens, d channels.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from pipeline.models.accurate.checkpoints import Vocabulary

MOST_TOKENS = 512
"""Tokens decoded at most, after the start token: docling's ``max_length``."""

CHECK_EVERY = 16
FIRST_SLOTS = 64
LEAST_TABLES = 2
"""An exported graph with an open number of tables wants at least two; a table alone is decoded twice."""

StepPass = Callable[[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor], tuple[Tensor, ...]]


@dataclass(frozen=True, slots=True)
class Decoded:
    """What was decoded of n tables: ``tokens`` (n, m) int64 from the start token on, the probabilities (n, m) of each,
    and the decoder's states (n, m, d). What stands behind a table's end token means nothing.
    """

    tokens: Tensor
    probabilities: Tensor
    states: Tensor


class _Going:
    """The tables still being decoded: their rows in ``Decoded``, last tokens, image, and the keys and values of their
    tokens so far.
    """

    def __init__(self, start: Tensor, image_keys: Tensor, image_values: Tensor) -> None:
        """``start`` (n,) tokens, ``image_keys`` and ``image_values`` (n, l, h, s, d / h)."""
        self.rows = torch.arange(len(start), device=start.device)
        self.tokens = start
        # One layer after the other, as the step reads them.
        self.image_keys, self.image_values = (
            image_keys.transpose(0, 1).contiguous(),
            image_values.transpose(0, 1).contiguous(),
        )
        layers, count, heads, _, depth = self.image_keys.shape
        self.keys = torch.zeros((layers, count, heads, FIRST_SLOTS, depth), device=start.device)
        self.values = torch.zeros_like(self.keys)

    def put(self, position: int, keys: Tensor, values: Tensor) -> None:
        """Store one token's keys and values (l, n, h, 1, d / h); the slots double when they are full."""
        if position >= self.keys.shape[3]:
            self.keys, self.values = (
                torch.cat([slots, torch.zeros_like(slots)], dim=3) for slots in (self.keys, self.values)
            )
        self.keys[:, :, :, position : position + 1] = keys
        self.values[:, :, :, position : position + 1] = values

    def keep(self, chosen: Tensor) -> None:
        """Go on with the tables in the rows ``chosen`` (m,) of this batch only."""
        self.rows, self.tokens = self.rows[chosen], self.tokens[chosen]
        self.image_keys, self.image_values = (
            self.image_keys.index_select(1, chosen),
            self.image_values.index_select(1, chosen),
        )
        self.keys, self.values = self.keys.index_select(1, chosen), self.values.index_select(1, chosen)


def decode(
    step: StepPass,
    image_keys: Tensor,
    image_values: Tensor,
    vocabulary: Vocabulary,
    check_every: int = CHECK_EVERY,
    most_tokens: int = MOST_TOKENS,
) -> Decoded:
    """Decode as many tables as ``image_keys`` and ``image_values`` (n, l, h, s, d / h) have."""
    tables = len(image_keys)
    filled = torch.arange(max(tables, LEAST_TABLES), device=image_keys.device).clamp(max=tables - 1)
    found = _decode(step, image_keys[filled], image_values[filled], vocabulary, check_every, most_tokens)
    return Decoded(found.tokens[:tables], found.probabilities[:tables], found.states[:tables])


def _decode(
    step: StepPass, image_keys: Tensor, image_values: Tensor, vocabulary: Vocabulary, check_every: int, most_tokens: int
) -> Decoded:
    tables, _, heads, _, depth = image_keys.shape
    device = image_keys.device
    found = Decoded(
        torch.full((tables, most_tokens + 1), vocabulary.end, dtype=torch.int64, device=device),
        torch.ones((tables, most_tokens + 1), device=device),
        torch.zeros((tables, most_tokens + 1, heads * depth), device=device),
    )
    found.tokens[:, 0] = vocabulary.start
    going = _Going(found.tokens[:, 0].clone(), image_keys, image_values)
    # Two columns, so that every slice begins at a multiple of 16 bytes: compiled code copies and warns of others.
    positions = torch.arange(most_tokens + 1, device=device).unsqueeze(1).repeat(1, 2)
    length = 1
    while True:
        position = length - 1
        here = positions[position, :1]
        following, probability, state, keys, values = step(
            going.tokens, here, going.image_keys, going.image_values, going.keys, going.values
        )
        found.states[going.rows, position] = state
        # The last token is fed for its state alone: docling places its cell, if it is one.
        if length > most_tokens:
            break
        going.put(position, keys, values)
        found.tokens[going.rows, length], found.probabilities[going.rows, length] = following, probability
        going.tokens = following
        length += 1
        if position % check_every == check_every - 1 and not _drop_ended(
            going, found.tokens[:, 1:length], vocabulary.end
        ):
            break
    return Decoded(found.tokens[:, :length], found.probabilities[:, :length], found.states[:, :length])


def _drop_ended(going: _Going, tokens: Tensor, end: int) -> bool:
    """Leave tables that have ended out of the batch; False when none goes on."""
    chosen = torch.nonzero((tokens[going.rows] != end).all(dim=1)).squeeze(1)
    if len(chosen) == 0:
        return False
    if len(chosen) < LEAST_TABLES:
        chosen = chosen.repeat(LEAST_TABLES)
    if len(chosen) < len(going.rows):
        going.keep(chosen)
    return True
