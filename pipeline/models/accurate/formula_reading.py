"""Display formulas as LaTeX with CodeFormulaV2 (https://huggingface.co/docling-project/CodeFormulaV2), an Idefics3 of
0.3 billion weights that docling uses for the same.

What goes in is what docling's own stage shows the network: the formula with a margin, at 120 dpi, and ``<formula>``.
It writes token after token, so it is no network to compile, and how long it takes is not known beforehand: what is not
written to its end in the time that there is counts as not read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import torch
from PIL import Image
from transformers import StoppingCriteria

from pipeline.models.accurate.checkpoints import FORMULA_MODEL, FormulaCheckpoint, load_formulas
from pipeline.models.images import Pixels
from pipeline.models.turned_page import TurnedPage
from pipeline.pages import Box, EngineInfo, FormulaReading

DOTS_PER_POINT = 1.67  # 120 dpi, which the network was taught at (docling's CodeFormulaVlmModel)
MARGIN = 0.18  # of the formula's width and height, on each side (docling's CodeFormulaVlmOptions)
PROMPT = "<formula>"
CLOSING = ("</formula>", "<loc_0><loc_0><loc_500><loc_500>")  # what docling's stage takes off
MOST_TOGETHER = 16
MOST_TOKENS = 2048  # docling's limit
LONGEST_UNIT, LEAST_REPEATS, LEAST_REPEATED = 16, 8, 48  # tokens


@dataclass(frozen=True, slots=True)
class FormulaRequest:
    """The formula in ``box`` of the page turned back as ``frame`` says, in points; ``image`` is the page as shown, at
    ``scale`` pixels per point. ``page`` is any number by which the caller knows the page.
    """

    page: int
    image: Pixels
    scale: float
    frame: TurnedPage
    box: Box


class FormulaReader:
    """CodeFormulaV2 from ``folder`` on ``device``. Raises WeightsDamaged.

    Build it in the main thread before the first GPU call, as the bundle that it belongs to.
    """

    info = EngineInfo("formulas", FORMULA_MODEL, "torch")

    def __init__(self, folder: Path, device: torch.device) -> None:
        self._checkpoint: FormulaCheckpoint = load_formulas(folder)
        self._model = self._checkpoint.model.to(device)
        self._device = device

    def read(self, requests: Sequence[FormulaRequest], seconds: float) -> dict[int, tuple[FormulaReading, ...]]:
        """The formulas of each page that were read to their end within ``seconds``, with their places on the page as
        shown.
        """
        until = perf_counter() + seconds
        found: dict[int, tuple[FormulaReading, ...]] = {}
        for start in range(0, len(requests), MOST_TOGETHER):
            together = requests[start : start + MOST_TOGETHER]
            left = until - perf_counter()
            if left <= 0:
                break
            written = self.tokens([crop(one) for one in together], left)
            for request, latex in zip(together, map(self._text, written), strict=True):
                if latex:
                    reading = FormulaReading(request.frame.on_page(request.box), latex)
                    found[request.page] = (*found.get(request.page, ()), reading)
        return found

    def tokens(
        self, crops: Sequence[Image.Image], seconds: float, most: int = MOST_TOKENS, *, may_repeat: bool = False
    ) -> torch.Tensor:
        """What the network writes of each image within ``seconds``, ``most`` tokens at most: (n, m) int64 on the CPU.
        It is stopped where it repeats itself for ever, unless it ``may_repeat``.
        """
        processor = self._checkpoint.processor
        said = [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": PROMPT}]}]
        prompt = processor.apply_chat_template(said, tokenize=False, add_generation_prompt=True)
        inputs = processor(
            text=[prompt] * len(crops), images=[[one] for one in crops], return_tensors="pt", padding=True
        ).to(self._device)
        written = self._model.generate(
            **inputs,
            max_new_tokens=most,
            max_time=seconds,
            do_sample=False,
            eos_token_id=self._checkpoint.end,
            pad_token_id=self._checkpoint.padding,
            stopping_criteria=[] if may_repeat else [Repeating()],
        )
        found: torch.Tensor = written[:, inputs["input_ids"].shape[1] :].cpu()
        return found

    def _text(self, tokens: torch.Tensor) -> str:
        """The LaTeX that the tokens spell; empty where they do not come to an end."""
        ends = (tokens == self._checkpoint.end).nonzero()
        if len(ends) == 0:
            return ""
        text: str = self._checkpoint.processor.decode(tokens[: int(ends[0])], skip_special_tokens=False)
        for token in CLOSING:
            text = text.replace(token, "")
        return text.strip()


class Repeating(StoppingCriteria):
    """Ends what repeats a few tokens for ever, as such networks do now and then. Legitimate LaTeX repeats too, but not
    one unit of up to 16 tokens 8 times over, for 48 tokens and more.
    """

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor, **_: Any) -> torch.Tensor:
        """For each row of ``input_ids`` (n, m) int64 whether it repeats itself at its end, (n) bool."""
        tail = input_ids[:, -LONGEST_UNIT * LEAST_REPEATS :]
        over = torch.zeros(len(input_ids), dtype=torch.bool, device=input_ids.device)
        for unit in range(1, LONGEST_UNIT + 1):
            length = max(LEAST_REPEATED, unit * LEAST_REPEATS)
            if length <= tail.shape[1]:
                end = tail[:, -length:]
                over |= (end[:, unit:] == end[:, :-unit]).all(dim=1)
        return over


def crop(request: FormulaRequest) -> Image.Image:
    """The formula with its margin as the network is shown it, RGB at 120 dpi, the page turned back."""
    box, (width, height) = request.box, request.frame.upright_size
    across, down = MARGIN * box.width, MARGIN * box.height
    wide = Box(
        max(box.left - across, 0.0),
        max(box.top - down, 0.0),
        min(box.right + across, width),
        min(box.bottom + down, height),
    )
    place = request.frame.on_page(wide)
    left, top, right, bottom = (
        round(side * request.scale) for side in (place.left, place.top, place.right, place.bottom)
    )
    shown = request.image[top : max(bottom, top + 1), left : max(right, left + 1)]
    upright = Image.fromarray(np.ascontiguousarray(np.rot90(shown, request.frame.turn)))
    ratio = DOTS_PER_POINT / request.scale
    return upright.resize((max(round(upright.width * ratio), 1), max(round(upright.height * ratio), 1)))
