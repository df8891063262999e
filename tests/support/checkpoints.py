"""Checkpoints of docling's networks, saved in the real format: folders as ``docling-tools models download`` writes
them.

A random layout network finds something on every page. A random table network repeats itself for ever, so the small one
learns a few tables by heart, of different lengths and with spans; another reads one and the same table everywhere, for
measuring speed.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import MappingProxyType
from unittest.mock import patch

import torch
from docling_ibm_models.tableformer_v2 import TableFormerV2, TableFormerV2Config
from docling_ibm_models.tableformer_v2 import model as tableformer
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import WhitespaceSplit
from torch import nn
from torchvision.models.efficientnet import EfficientNet, FusedMBConvConfig, MBConvConfig
from transformers import (
    PreTrainedTokenizerFast,
    RTDetrImageProcessor,
    RTDetrResNetConfig,
    RTDetrV2Config,
    RTDetrV2ForObjectDetection,
)
from transformers.utils import logging as transformers_logging

LAYOUT_FOLDER = "docling-project--docling-layout-heron"
TABLE_FOLDER = "docling-project--TableFormerV2"
# As in the configuration files on the Hub.
LABELS = (
    *(
        "caption",
        "footnote",
        "formula",
        "list_item",
        "page_footer",
        "page_header",
        "picture",
        "section_header",
        "table",
        "text",
    ),
    *("title", "document_index", "code", "checkbox_selected", "checkbox_unselected", "form", "key_value_region"),
)
VOCABULARY = (
    *("<pad>", "[UNK]", "<start>", "<end>", "<ecel>", "<fcel>", "<lcel>", "<ucel>", "<xcel>", "<nl>"),
    *("<ched>", "<rhed>", "<srow>"),
)
BOXED = [5, 4, 10, 11, 12]
START, END = 2, 3
NO_BIASES: Mapping[str, float] = MappingProxyType({})
SOME_TABLES: Mapping[str, float] = MappingProxyType({"table": 1.25})
SOME_FORMULAS: Mapping[str, float] = MappingProxyType({"formula": 1.25})
MOST_LESSONS = 600
LEARNED = 0.01  # mean cross entropy; a wrong token costs more
LOUD, QUIET = 100.0, 0.1  # against the other weights, which are about 1

SMALL_LAYOUT = RTDetrV2Config(
    backbone_config=RTDetrResNetConfig(  # type: ignore[call-arg]  # out_features goes to the base class unannotated
        embedding_size=16,
        hidden_sizes=[16, 24, 32, 48],
        depths=[1, 1, 1, 1],
        layer_type="basic",
        out_features=["stage2", "stage3", "stage4"],
    ),
    encoder_in_channels=[24, 32, 48],
    encoder_hidden_dim=32,
    encoder_ffn_dim=48,
    encoder_attention_heads=4,
    d_model=32,
    decoder_in_channels=[32, 32, 32],
    decoder_ffn_dim=48,
    decoder_layers=2,
    decoder_attention_heads=4,
    num_queries=10,
)
SMALL_TABLES = TableFormerV2Config(embed_dim=32, num_heads=4, ff_dim=48, num_decoder_layers=2)
# EfficientNetV2-S with 7 of its 40 blocks: each kind, stride and expansion once, and one block of the last stage that
# adds its input.
FEW_BLOCKS = (
    FusedMBConvConfig(1, 3, 1, 24, 24, 1),
    FusedMBConvConfig(4, 3, 2, 24, 48, 1),
    FusedMBConvConfig(4, 3, 2, 48, 64, 1),
    MBConvConfig(4, 3, 2, 64, 128, 1),
    MBConvConfig(6, 3, 1, 128, 160, 1),
    MBConvConfig(6, 3, 2, 160, 256, 2),
)
# The real sizes: heron's are RTDetrV2Config's own.
FULL_LAYOUT = RTDetrV2Config()
FULL_TABLES = TableFormerV2Config(embed_dim=512, num_heads=8, ff_dim=2048, num_decoder_layers=4)


@contextmanager
def few_blocks() -> Iterator[None]:
    """Inside, docling's code builds a TableFormerV2, of any configuration, with ``FEW_BLOCKS`` to see images with:
    which blocks it has is no part of a configuration.
    """
    norm = partial(nn.BatchNorm2d, eps=1e-3)  # as in efficientnet_v2_s
    small = partial(EfficientNet, FEW_BLOCKS, dropout=0.2, last_channel=1280, norm_layer=norm)
    with patch.object(tableformer, "efficientnet_v2_s", small):
        yield


def save_layout(
    folder: Path,
    config: RTDetrV2Config = SMALL_LAYOUT,
    seed: int = 0,
    bias: float = 0.0,
    biases: Mapping[str, float] = NO_BIASES,
) -> Path:
    """A random docling-layout-heron in ``folder``; returns the network's own folder. The lower ``bias``, the fewer
    regions it finds.

    ``biases`` are what speaks for some labels beyond ``bias``, before the sigmoid: without them the small network sees
    section headers only, and with ``SOME_TABLES`` a few to many tables on each page.
    """
    torch.manual_seed(seed)
    transformers_logging.disable_progress_bar()
    config.id2label = dict(enumerate(LABELS))
    config.label2id = {label: index for index, label in enumerate(LABELS)}
    own = folder / LAYOUT_FOLDER
    model = RTDetrV2ForObjectDetection(config).eval()
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight)  # or nothing of the page gets through
    for part in (model.model.decoder, model.model.enc_output, model.class_embed):
        for weight in part.parameters():
            if weight.dim() == 2:
                nn.init.xavier_normal_(weight)  # or every query would say the same
    for head in model.class_embed:
        nn.init.constant_(head.bias, bias)
        for label, more in biases.items():
            head.bias.data[LABELS.index(label)] += more
    model.save_pretrained(own)
    RTDetrImageProcessor().save_pretrained(own)
    return own


def save_tables(
    folder: Path,
    crops: torch.Tensor,
    tables: Sequence[Sequence[str]],
    config: TableFormerV2Config = SMALL_TABLES,
    rate: float = 2e-3,
) -> Path:
    """A TableFormerV2 in ``folder`` that has learned to read ``tables`` (their tokens) from ``crops``, by heart; its
    boxes mean nothing. ``rate`` is the learning rate. Returns the network's own folder. ``crops`` are (n, 3, 448, 448)
    in the network's own range.
    """
    torch.manual_seed(0)
    model = TableFormerV2(_for_tables(config))
    with torch.no_grad():
        _settle(model, crops)
        _enlarge(model)
    _learn(model, crops, _as_tokens(tables), rate)
    return _save_tables(folder, model)


def save_constant_tables(
    folder: Path, crops: torch.Tensor, table: Sequence[str], config: TableFormerV2Config = SMALL_TABLES
) -> Path:
    """A random TableFormerV2 in ``folder`` that reads ``table`` (its tokens) from whatever it is shown. Returns the
    network's own folder.

    ``crops`` as in ``save_tables``; here they only keep the image's numbers in a usual range.
    """
    torch.manual_seed(0)
    model = TableFormerV2(_for_tables(config))
    with torch.no_grad():
        _settle(model, crops)
        _enlarge(model)
        _spell(model, [*(VOCABULARY.index(f"<{name}>") for name in table), END])
    return _save_tables(folder, model)


def _for_tables(config: TableFormerV2Config) -> TableFormerV2Config:
    config.vocab_size, config.data_cells, config.pad_token_id, config.eos_token_id = len(VOCABULARY), BOXED, 0, END
    return config


def _save_tables(folder: Path, model: TableFormerV2) -> Path:
    transformers_logging.disable_progress_bar()
    own = folder / TABLE_FOLDER
    model.eval().save_pretrained(own)  # type: ignore[no-untyped-call]
    _tokenizer().save_pretrained(own)
    return own


def _settle(model: TableFormerV2, crops: torch.Tensor) -> None:
    """Set the running means and variances of the batch norms to those of ``crops``: without it no image gets
    through.
    """
    model.eval()  # type: ignore[no-untyped-call]
    norms = [module for module in model.modules() if isinstance(module, nn.BatchNorm2d)]
    for norm in norms:
        norm.train()
        norm.momentum = 1.0
    model.encode_images(crops)
    for norm in norms:
        norm.eval()


def _enlarge(model: TableFormerV2) -> None:
    """Weights of a usual size where the model's own initial ones are next to nothing, so that images and positions
    matter.
    """
    nn.init.normal_(model.feature_to_embedding.weight, std=1280**-0.5)
    nn.init.normal_(model.input_embedding.weight)
    nn.init.normal_(model.positional_encoding, std=0.5)
    for part in (model.transformer_decoder, model.bbox_head, model.output_projection):
        for weight in part.parameters():
            if weight.dim() == 2:
                nn.init.xavier_uniform_(weight)


def _spell(model: TableFormerV2, tokens: Sequence[int]) -> None:
    """Let each position say its token and the layers add little to it, so that nothing that is seen or was said
    matters.
    """
    model.positional_encoding[0, :, END] = LOUD
    for position, token in enumerate(tokens):
        model.positional_encoding[0, position, END] = 0
        model.positional_encoding[0, position, token] = LOUD
    nn.init.zeros_(model.output_projection.bias)
    nn.init.eye_(model.output_projection.weight)
    for layer in model.transformer_decoder.layers:
        for part in ("self_attn.out_proj", "multihead_attn.out_proj", "linear2"):
            layer.get_submodule(part).get_parameter("weight").mul_(QUIET)


def _as_tokens(tables: Sequence[Sequence[str]]) -> torch.Tensor:
    """(n, m) int64: start, the table's tokens, end, and padding to the longest."""
    longest = max(map(len, tables)) + 2
    rows = [[START, *(VOCABULARY.index(f"<{name}>") for name in table), END] for table in tables]
    return torch.tensor([row + [0] * (longest - len(row)) for row in rows])


def _learn(model: TableFormerV2, crops: torch.Tensor, tokens: torch.Tensor, rate: float) -> None:
    with torch.no_grad():
        features = (
            model.conv_mixer(model.se_module(model.feature_extractor.features(crops))).permute(0, 2, 3, 1).flatten(1, 2)
        )
    parts = (model.feature_to_embedding, model.input_embedding, model.transformer_decoder, model.output_projection)
    weights = [model.positional_encoding, *(weight for part in parts for weight in part.parameters())]
    optimizer = torch.optim.Adam(weights, lr=rate)
    length = tokens.shape[1] - 1
    causal = torch.full((length, length), float("-inf")).triu(1)
    for _ in range(MOST_LESSONS):
        states = model.input_embedding(tokens[:, :-1]) + model.positional_encoding[:, :length]
        decoded, _ = model.transformer_decoder(states, model.feature_to_embedding(features), tgt_mask=causal)
        loss = nn.functional.cross_entropy(
            model.output_projection(decoded).flatten(0, 1), tokens[:, 1:].flatten(), ignore_index=0
        )
        if loss.item() < LEARNED:
            return
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    raise AssertionError(f"the tables were not learned: {loss.item()}")


def _tokenizer() -> PreTrainedTokenizerFast:
    words = Tokenizer(WordLevel({token: index for index, token in enumerate(VOCABULARY)}, unk_token="[UNK]"))
    words.pre_tokenizer = WhitespaceSplit()
    return PreTrainedTokenizerFast(
        tokenizer_object=words, pad_token="<pad>", unk_token="[UNK]", bos_token="<start>", eos_token="<end>"
    )
