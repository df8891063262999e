"""A checkpoint of the network that writes formulas, small, in the real format.

It learns by heart what to write of a light image and of a dark one: a formula that ends, or one that never does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from tokenizers import Regex, Tokenizer
from tokenizers.decoders import Fuse
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Split
from transformers import GenerationConfig, PreTrainedTokenizerFast
from transformers.models.idefics3 import (
    Idefics3Config,
    Idefics3ForConditionalGeneration,
    Idefics3ImageProcessor,
    Idefics3Processor,
)
from transformers.utils import logging as transformers_logging

FORMULA_FOLDER = "docling-project--CodeFormulaV2"
LIGHT, DARK = "a ^ { 2 } + b ^ { 2 } = c ^ { 2 }", r"\frac { x } { y } = z _ { 1 }"
END, START, IMAGE = "<end_of_utterance>", "<|end_of_text|>", "<image>"
SPECIAL = ("<|start_of_role|>", "<fake_token_around_image>", IMAGE, "<global-img>", "<formula>", "</formula>")
PARTS = tuple(f"<row_{row}_col_{column}>" for row in range(1, 5) for column in range(1, 5))
SIDE = 32  # pixels of an image
FULL_SIDE, FULL_LONGEST, FULL_IMAGE_TOKENS = 512, 2048, 64
MOST_LESSONS, LEARNED = 600, 0.01
# As published: each message is its role and its parts, and an image stands for itself.
TEMPLATE = (
    "<|start_of_role|>{% for message in messages %}{{ message['role'] }}:"
    "{% for part in message['content'] %}"
    "{% if part['type'] == 'text' %}{{ part['text'] }}{% else %}{{ '<image>' }}{% endif %}"
    "{% endfor %}<end_of_utterance>\n{% endfor %}{% if add_generation_prompt %}{{ 'assistant:' }}{% endif %}"
)


def save_formulas(folder: Path, light: str = LIGHT, dark: str = DARK, *, ends: bool = True) -> Path:
    """The network in ``folder``, which writes ``light`` and ``dark``; returns its own folder. Without ``ends`` it was
    never taught to stop, and goes on as it likes.
    """
    torch.manual_seed(0)
    transformers_logging.disable_progress_bar()
    processor = _processor()
    words = processor.tokenizer
    model = Idefics3ForConditionalGeneration(_config(words, SMALL))
    _learn(model, processor, [text + (f"</formula>{END}" if ends else "") for text in (light, dark)])
    model.generation_config = GenerationConfig(eos_token_id=words.eos_token_id, pad_token_id=words.pad_token_id)
    own = folder / FORMULA_FOLDER
    model.eval().save_pretrained(own)
    processor.save_pretrained(own)
    return own


def save_random_formulas(folder: Path, *, small: bool) -> Path:
    """A network of random weights in ``folder``, as large as the published one unless it is ``small``; returns its own
    folder.
    """
    torch.manual_seed(0)
    transformers_logging.disable_progress_bar()
    processor = _processor() if small else _processor(FULL_SIDE, FULL_LONGEST, FULL_IMAGE_TOKENS)
    words = processor.tokenizer
    model = Idefics3ForConditionalGeneration(_config(words, SMALL if small else FULL)).to(torch.bfloat16)
    # Nothing that it may write ends a text, so that every text is as long as is asked for.
    model.generation_config = GenerationConfig(pad_token_id=words.pad_token_id, suppress_tokens=[words.eos_token_id])
    own = folder / FORMULA_FOLDER
    model.eval().save_pretrained(own)
    processor.save_pretrained(own)
    return own


def grey(shade: int, width: int = 60, height: int = 30) -> Image.Image:
    """An image of one shade of grey."""
    return Image.new("RGB", (width, height), (shade, shade, shade))


def _processor(side: int = SIDE, longest: int = SIDE, image_tokens: int = 4) -> Any:
    known = [START, END, "<unk>", *SPECIAL, *PARTS, "\n", *map(chr, range(32, 127))]
    words = Tokenizer(WordLevel({token: number for number, token in enumerate(known)}, unk_token="<unk>"))
    words.pre_tokenizer = Split(Regex("."), "isolated")
    words.decoder = Fuse()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=words,
        bos_token=START,
        eos_token=END,
        pad_token=START,
        unk_token="<unk>",
        additional_special_tokens=[*SPECIAL, *PARTS],
    )
    images = Idefics3ImageProcessor(
        size={"longest_edge": longest},
        max_image_size={"longest_edge": side},
        do_image_splitting=longest > side,
        resample=2,
    )
    return Idefics3Processor(images, tokenizer, image_seq_len=image_tokens, chat_template=TEMPLATE)


@dataclass(frozen=True)
class Size:
    """Layers and widths of the part that sees and the part that writes; ``side`` of an image and ``patch`` in pixels,
    ``shrunk`` patches a side make one token.
    """

    seen: Mapping[str, int]
    said: Mapping[str, int]
    side: int
    patch: int
    shrunk: int
    vocabulary: int


SMALL = Size(
    {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2},
    {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 1, "num_attention_heads": 4}
    | {"num_key_value_heads": 2},
    side=SIDE,
    patch=8,
    shrunk=2,
    vocabulary=256,
)
# CodeFormulaV2: SmolVLM's two parts of 256 million weights, with a larger vocabulary.
FULL = Size(
    {"hidden_size": 768, "intermediate_size": 3072, "num_hidden_layers": 12, "num_attention_heads": 12},
    {"hidden_size": 576, "intermediate_size": 1536, "num_hidden_layers": 30, "num_attention_heads": 9}
    | {"num_key_value_heads": 3},
    side=FULL_SIDE,
    patch=16,
    shrunk=4,
    vocabulary=100_352,
)


def _config(words: Any, size: Size) -> Idefics3Config:
    numbers = {f"{name}_token_id": getattr(words, f"{name}_token_id") for name in ("pad", "bos", "eos")}
    return Idefics3Config(
        vision_config={**size.seen, "image_size": size.side, "patch_size": size.patch},
        text_config={**size.said, **numbers, "vocab_size": size.vocabulary, "max_position_embeddings": 8192}
        | {"model_type": "llama"},
        scale_factor=size.shrunk,
        image_token_id=words.convert_tokens_to_ids(IMAGE),
        pad_token_id=words.pad_token_id,
        tie_word_embeddings=False,
    )


def _learn(model: Any, processor: Any, answers: Sequence[str]) -> None:
    said = [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": "<formula>"}]}]
    prompt = processor.apply_chat_template(said, tokenize=False, add_generation_prompt=True)
    shown = processor(text=[prompt] * 2, images=[[grey(250)], [grey(20)]], return_tensors="pt", padding=True)
    told = processor.tokenizer(
        answers, add_special_tokens=False, padding=True, padding_side="right", return_tensors="pt"
    )
    ids = torch.cat([shown["input_ids"], told["input_ids"]], dim=1)
    mask = torch.cat([shown["attention_mask"], told["attention_mask"]], dim=1)
    asked = shown["input_ids"].shape[1]
    wanted = ids.masked_fill(mask == 0, -100)
    wanted[:, :asked] = -100
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    for _ in range(MOST_LESSONS):
        loss = model(input_ids=ids, attention_mask=mask, pixel_values=shown["pixel_values"], labels=wanted).loss
        if loss.item() < LEARNED:
            return
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    raise AssertionError(f"the formulas were not learned: {loss.item()}")
