"""The accurate bundle's networks as the AOT compiler wants to know them.

Backbone and encoders compute in the precision asked for; what decides about tokens and refines boxes stays in float32, so the modules
are built for a precision and keep their types.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from pipeline.models.accurate import checkpoints, layout, tableformer
from pipeline.models.accurate.checkpoints import LAYOUT_MODEL, SIDE, TABLE_MODEL, LayoutCheckpoint, TableCheckpoint
from pipeline.models.accurate.decoding import FIRST_SLOTS, LEAST_TABLES, MOST_TOKENS
from pipeline.models.accurate.layout import LayoutNetwork, squeeze
from pipeline.models.accurate.tableformer import CROP_SIDE, BoxHead, DecodeStep, TableEncoder, resize_crop
from pipeline.models.accurate.tables import MOST_TOGETHER
from pipeline.models.aot.spec import Input, NetworkSpec, PageImages, Precision, Signature, Span, Tensors, code_digest
from pipeline.models.images import Pixels
from pipeline.weights import AccurateWeights

# transformers' model takes the number of pages with ``len``, which fixes it in an exported graph.
LAYOUT_BATCHES = (4, 16)
ENCODE_BATCH = 16
EXAMPLE_CROPS = 2
PLACES = (CROP_SIDE // 32) ** 2  # of the image, after the network's strides
LAYOUT_TOLERANCE = 1e-3
TABLE_TOLERANCE = 1e-3


@dataclass(frozen=True, slots=True)
class AccurateSpecs:
    """One spec per pass, and what the passes' results mean."""

    layout: NetworkSpec
    encode: NetworkSpec
    step: NetworkSpec
    place: NetworkSpec
    layout_checkpoint: LayoutCheckpoint
    table_checkpoint: TableCheckpoint

    @property
    def all(self) -> tuple[NetworkSpec, ...]:
        return self.layout, self.encode, self.step, self.place


def accurate_specs(weights: AccurateWeights, precision: Precision) -> AccurateSpecs:
    """The specs of both networks; their weights are read here, once. Raises WeightsDamaged."""
    heron, tables = checkpoints.load_layout(weights.layout.path), checkpoints.load_tables(weights.tables.path)
    return AccurateSpecs(
        _layout_spec(heron, weights.layout.revision, precision),
        *_table_specs(tables, weights.tables.revision, precision),
        layout_checkpoint=heron,
        table_checkpoint=tables,
    )


def _layout_spec(checkpoint: LayoutCheckpoint, revision: str, precision: Precision) -> NetworkSpec:
    signatures = tuple(Signature((Input((pages, 3, SIDE, SIDE), torch.uint8),)) for pages in LAYOUT_BATCHES)
    return NetworkSpec(
        task="layout",
        name="heron",
        model=LAYOUT_MODEL,
        revision=revision,
        build=lambda: LayoutNetwork(checkpoint, precision.dtype),
        signatures=signatures,
        tolerance=LAYOUT_TOLERANCE,
        code=code_digest(layout, checkpoints),
        examples=_page_examples,
        keeps_types=True,
    )


def _table_specs(checkpoint: TableCheckpoint, revision: str, precision: Precision) -> tuple[NetworkSpec, NetworkSpec, NetworkSpec]:
    model = checkpoint.model
    config = model.config
    heads, depth, layers = config.num_heads, config.embed_dim // config.num_heads, config.num_decoder_layers
    together, slots = Span("tables", LEAST_TABLES, MOST_TOGETHER), Span("slots", FIRST_SLOTS, MOST_TOKENS, FIRST_SLOTS)
    image, former = Input((layers, together, heads, PLACES, depth)), Input((layers, together, heads, slots, depth))
    step = Signature((Input((together,), torch.int64), Input((1,), torch.int64), image, image, former, former))
    many, cells = Span("tables", 1, MOST_TOGETHER), Span("cells", 1, MOST_TOKENS + 1)
    place = Signature((Input((many, cells, config.embed_dim)), Input((many, cells), torch.bool), Input((many, PLACES, config.embed_dim))))
    encode = Signature((Input((Span("tables", 1, ENCODE_BATCH), 3, CROP_SIDE, CROP_SIDE), torch.uint8),))

    def spec(name: str, build: Callable[[], nn.Module], signature: Signature, pads_batch: bool = True) -> NetworkSpec:
        return NetworkSpec(
            task="tables",
            name=name,
            model=TABLE_MODEL,
            revision=revision,
            build=build,
            signatures=(signature,),
            tolerance=TABLE_TOLERANCE,
            code=code_digest(tableformer, checkpoints),
            examples=_crop_examples if name == "tableformer-encode" else None,
            pads_batch=pads_batch,
            keeps_types=True,
        )

    return (
        spec("tableformer-encode", lambda: TableEncoder(model, precision.dtype), encode),
        spec("tableformer-step", lambda: DecodeStep(model), step, pads_batch=False),
        spec("tableformer-place", lambda: BoxHead(model), place),
    )


def _page_examples(pages: PageImages, signature: Signature) -> Tensors:
    return (torch.stack([squeeze(_planes(pages[index % len(pages)]), 2.0) for index in range(signature.batch)]),)


def _crop_examples(pages: PageImages, signature: Signature) -> Tensors:
    """The middle of pages, in place of tables."""
    planes = [_planes(pages[index % len(pages)]) for index in range(EXAMPLE_CROPS)]
    return (torch.stack([resize_crop(page[:, page.shape[1] // 4 : -page.shape[1] // 4]) for page in planes]),)


def _planes(page: Pixels) -> Tensor:
    return torch.tensor(page).permute(2, 0, 1)
