"""The accurate bundle's networks as the AOT compiler wants to know them.

Backbone and encoders compute in the precision asked for; what decides about tokens and refines boxes stays in float32,
so the modules are built for a precision and keep their types.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from types import MappingProxyType

import torch
from torch import Tensor, nn
from torch.nn import functional

from pipeline.models.accurate import checkpoints, heron_layout, tableformer
from pipeline.models.accurate.checkpoints import LAYOUT_MODEL, SIDE, TABLE_MODEL, LayoutCheckpoint, TableCheckpoint
from pipeline.models.accurate.decoding import FIRST_SLOTS, LEAST_TABLES, MOST_TOKENS, decode
from pipeline.models.accurate.heron_layout import HeronLayout, apart, squeeze
from pipeline.models.accurate.tableformer import CROP_SIDE, BoxHead, DecodeStep, TableEncoder, resize_crop
from pipeline.models.accurate.tableformer_tables import MOST_TOGETHER
from pipeline.models.aot.spec import (
    Examples,
    Input,
    NetworkSpec,
    PageImages,
    Precision,
    Signature,
    Span,
    Tensors,
    code_digest,
)
from pipeline.models.images import Pixels
from pipeline.weight_folders import AccurateWeights

# transformers' model takes the number of pages with ``len``, which fixes it in an exported graph. On the CPU, where a
# page takes seconds, none is filled up. On a GPU one package fills up to a whole micro-batch: a second one for a few
# pages would take minutes more to compile, at each start of a Space without a disk of its own.
LAYOUT_BATCHES: Mapping[str, tuple[int, ...]] = MappingProxyType({"cpu": (1,), "cuda": (16,)})
ENCODE_BATCH = 16
EXAMPLE_CROPS = 2
EXAMPLE_TOKENS, EXAMPLE_SLOTS, EXAMPLE_CELLS = 100, 3 * FIRST_SLOTS, 40
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


def accurate_specs(weights: AccurateWeights, precision: Precision, device: str) -> AccurateSpecs:
    """The specs of both networks on ``device``, ``cpu`` or ``cuda``; their weights are read here, once. Raises
    WeightsDamaged.
    """
    heron, tables = checkpoints.load_layout(weights.layout.path), checkpoints.load_tables(weights.tables.path)
    return AccurateSpecs(
        _layout_spec(heron, weights.layout.revision, precision, LAYOUT_BATCHES[device]),
        *_table_specs(tables, weights.tables.revision, precision),
        layout_checkpoint=heron,
        table_checkpoint=tables,
    )


def _layout_spec(
    checkpoint: LayoutCheckpoint, revision: str, precision: Precision, batches: tuple[int, ...]
) -> NetworkSpec:
    signatures = tuple(Signature((Input((pages, 3, SIDE, SIDE), torch.uint8),)) for pages in batches)
    return NetworkSpec(
        task="layout",
        name="heron",
        model=LAYOUT_MODEL,
        revision=revision,
        build=lambda: HeronLayout(checkpoint, precision.dtype),
        signatures=signatures,
        tolerance=LAYOUT_TOLERANCE,
        code=code_digest(heron_layout, checkpoints, f"transformers {version('transformers')}"),
        examples=_page_examples,
        keeps_types=True,
        distance=apart,
    )


def _table_specs(
    checkpoint: TableCheckpoint, revision: str, precision: Precision
) -> tuple[NetworkSpec, NetworkSpec, NetworkSpec]:
    model = checkpoint.model
    config = model.config
    heads, depth, layers = config.num_heads, config.embed_dim // config.num_heads, config.num_decoder_layers
    together, slots = Span("tables", LEAST_TABLES, MOST_TOGETHER), Span("slots", FIRST_SLOTS, MOST_TOKENS, FIRST_SLOTS)
    image, former = Input((layers, together, heads, PLACES, depth)), Input((layers, together, heads, slots, depth))
    step = Signature((Input((together,), torch.int64), Input((1,), torch.int64), image, image, former, former))
    many, cells = Span("tables", 1, MOST_TOGETHER), Span("cells", 1, MOST_TOKENS + 1)
    place = Signature(
        (
            Input((many, cells, config.embed_dim)),
            Input((many, cells), torch.bool),
            Input((many, PLACES, config.embed_dim)),
        )
    )
    encode = Signature((Input((Span("tables", 1, ENCODE_BATCH), 3, CROP_SIDE, CROP_SIDE), torch.uint8),))
    examples = _TableExamples(checkpoint, precision)

    def spec(
        name: str, build: Callable[[], nn.Module], signature: Signature, examples: Examples, pads_batch: bool = True
    ) -> NetworkSpec:
        return NetworkSpec(
            task="tables",
            name=name,
            model=TABLE_MODEL,
            revision=revision,
            build=build,
            signatures=(signature,),
            tolerance=TABLE_TOLERANCE,
            code=code_digest(
                tableformer, checkpoints, *(f"{name} {version(name)}" for name in ("docling-ibm-models", "torchvision"))
            ),
            examples=examples,
            pads_batch=pads_batch,
            keeps_types=True,
            distance=in_proportion,
        )

    return (
        spec("tableformer-encode", lambda: TableEncoder(model, precision.dtype), encode, _crop_examples),
        spec("tableformer-step", lambda: DecodeStep(model), step, examples.of_step, pads_batch=False),
        spec("tableformer-place", lambda: BoxHead(model), place, examples.of_place),
    )


def in_proportion(found: Tensors, wanted: Tensors) -> float:
    """The largest difference in shares of each output's largest number, if that is above 1: features may be of any
    size.
    """
    gaps = [
        (own.double() - other.double()).abs().max() / other.double().abs().max().clamp(min=1)
        for own, other in zip(found, wanted, strict=True)
    ]
    return float(torch.stack(gaps).max())  # NaN where there is one


class _TableExamples:
    """Inputs of the later passes: what the earlier ones, eager, make of the crops."""

    def __init__(self, checkpoint: TableCheckpoint, precision: Precision) -> None:
        self._checkpoint, self._precision = checkpoint, precision

    def of_step(self, pages: PageImages, signature: Signature) -> Tensors:
        """What the step gets once some tokens are decoded, with free slots: at the least number the exporter would fix
        it.
        """
        *others, keys, values = self._decoded(pages)[0]
        free = max(EXAMPLE_SLOTS - keys.shape[3], 0)
        return *others, functional.pad(keys, (0, 0, 0, free)), functional.pad(values, (0, 0, 0, free))

    def of_place(self, pages: PageImages, signature: Signature) -> Tensors:
        """The states of the first tokens as if each were a cell, fewer in each table than in the one before."""
        _, states, memory = self._decoded(pages)
        cells = states[:, :EXAMPLE_CELLS]
        counts = torch.tensor([max(cells.shape[1] // (number + 1), 1) for number in range(len(cells))])
        return cells, torch.arange(cells.shape[1]) < counts[:, None], memory

    def _decoded(self, pages: PageImages) -> tuple[Tensors, Tensor, Tensor]:
        """The last step's inputs, all states (n, m, d), and the image's memory (n, s, d)."""
        model = self._checkpoint.model
        device = model.output_projection.weight.device
        encode, step = TableEncoder(model, self._precision.dtype).to(device), DecodeStep(model).to(device)
        seen: list[Tensors] = []

        def recorded(*inputs: Tensor) -> Tensors:
            seen.append(inputs)
            outputs: Tensors = step(*inputs)
            return outputs

        with torch.no_grad():
            memory, keys, values = encode(_crop_examples(pages)[0].to(device))
            found = decode(recorded, keys, values, self._checkpoint.vocabulary, most_tokens=EXAMPLE_TOKENS)
        return seen[-1], found.states, memory


def _page_examples(pages: PageImages, signature: Signature) -> Tensors:
    return (torch.stack([squeeze(_planes(pages[index % len(pages)]), 2.0) for index in range(signature.batch)]),)


def _crop_examples(pages: PageImages, signature: Signature | None = None) -> Tensors:
    """The middle of pages, in place of tables."""
    planes = [_planes(pages[index % len(pages)]) for index in range(EXAMPLE_CROPS)]
    return (torch.stack([resize_crop(page[:, page.shape[1] // 4 : -page.shape[1] // 4]) for page in planes]),)


def _planes(page: Pixels) -> Tensor:
    return torch.tensor(page).permute(2, 0, 1)
