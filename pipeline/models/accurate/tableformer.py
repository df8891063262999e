"""TableFormerV2's weights in three passes that take many tables at once: encode the images, decode one token, place the
cells.

The arithmetic is that of ``docling_ibm_models.tableformer_v2``, less what it repeats: there each step projects the
whole image and all former tokens to keys and values again, and each cell's box the whole image; here the image is
projected once per table and each token once. Sizes: n tables, s places of the image (14 × 14), d channels in h heads,
c cells, t slots for tokens, l layers.
"""

from collections.abc import Sequence
from typing import Any

import torch
from docling_ibm_models.tableformer_v2 import TableFormerV2
from torch import Tensor, nn
from torch.nn import functional
from torchvision.transforms.v2 import InterpolationMode
from torchvision.transforms.v2 import functional as images

from pipeline.models.images import IMAGENET_DEVIATION, IMAGENET_MEAN

CROP_SIDE = 448


def resize_crop(part: Tensor) -> Tensor:
    """A part of a page (3, height, width) uint8 as the network wants it: (3, 448, 448) uint8."""
    resized: Tensor = images.resize(
        part, [CROP_SIDE, CROP_SIDE], interpolation=InterpolationMode.BILINEAR, antialias=True
    )
    return resized


class TableEncoder(nn.Module):
    """Images of tables to what decoding needs of them. The network computes in ``dtype`` up to its features."""

    mean: Tensor
    deviation: Tensor

    def __init__(self, model: TableFormerV2, dtype: torch.dtype) -> None:
        super().__init__()
        self.model: Any = model
        self.dtype = dtype
        for part in (model.feature_extractor, model.se_module, model.conv_mixer, model.feature_to_embedding):
            part.to(dtype)
        if model.use_fpn:
            model.fpn.to(dtype)
        self.register_buffer("mean", torch.tensor(IMAGENET_MEAN).reshape(1, 3, 1, 1), persistent=False)
        self.register_buffer("deviation", torch.tensor(IMAGENET_DEVIATION).reshape(1, 3, 1, 1), persistent=False)

    def forward(self, crops: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """``crops`` (n, 3, 448, 448) uint8 RGB to the image's memory (n, s, d) and, for each decoder layer, its keys
        and values (n, l, h, s, d / h) each, all float32.
        """
        pixels = (crops.to(torch.float32) / 255 - self.mean) / self.deviation
        memory = self.model.encode_images(pixels.to(self.dtype))["last_hidden_state"].to(torch.float32)
        pairs = [_keys_and_values(layer.multihead_attn, memory) for layer in self.model.transformer_decoder.layers]
        return (
            memory,
            torch.stack([keys for keys, _ in pairs], dim=1),
            torch.stack([values for _, values in pairs], dim=1),
        )


class DecodeStep(nn.Module):
    """One token for each table, all at the same position."""

    def __init__(self, model: TableFormerV2) -> None:
        super().__init__()
        self.embedding = model.input_embedding
        self.positions = model.positional_encoding
        self.layers: Any = model.transformer_decoder.layers
        self.projection = model.output_projection

    def forward(
        self, tokens: Tensor, position: Tensor, image_keys: Tensor, image_values: Tensor, keys: Tensor, values: Tensor
    ) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        """The next tokens (n,) int64, their probabilities (n,), the states of ``tokens`` (n, d), and their keys and
        values (l, n, h, 1, d / h), which the caller puts into slot ``position`` before the next step.

        ``tokens`` (n,) int64 stand at ``position`` (1,) int64; ``keys`` and ``values`` (l, n, h, t, d / h) hold the
        former tokens in the slots before it; what lies in later slots is not looked at.
        """
        # Beyond the learned positions the first ones come again, as in the original.
        state = self.embedding(tokens) + self.positions[0, position % self.positions.shape[1]]
        unused = torch.arange(keys.shape[3], device=keys.device) >= position
        new: list[tuple[Tensor, Tensor]] = []
        for index, layer in enumerate(self.layers):
            query, key, value = _split(
                functional.linear(state, layer.self_attn.in_proj_weight, layer.self_attn.in_proj_bias), layer.nhead
            )
            new.append((key, value))
            seen = _attend_with(query, key, value, keys[index], values[index], unused)
            state = layer.norm1(state + layer.self_attn.out_proj(seen))
            state = layer.norm2(state + _look(layer.multihead_attn, state, image_keys[index], image_values[index]))
            state = layer.norm3(state + layer.linear2(layer.activation(layer.linear1(state))))
        probability, token = self.projection(state).softmax(dim=-1).max(dim=-1)
        return token, probability, state, torch.stack([key for key, _ in new]), torch.stack([value for _, value in new])


class BoxHead(nn.Module):
    """Boxes of the cells of many tables."""

    def __init__(self, model: TableFormerV2) -> None:
        super().__init__()
        self.head: Any = model.bbox_head

    def forward(self, cells: Tensor, used: Tensor, memory: Tensor) -> Tensor:
        """(n, c, 4): left, top, right, bottom in shares of each table. ``cells`` (n, c, d) are states of the decoder,
        of which those count that are ``used`` (n, c) bool; ``memory`` (n, s, d) is the encoder's.
        """
        head = self.head
        state = head.input_norm(head.input_proj(cells))
        image = head.kv_norm(head.kv_proj(memory))
        for layer in head.layers:
            state = layer.self_attn_norm(state + _mingle(layer.self_attn, state, used))
            state = layer.cross_attn_norm(state + _cross(layer.cross_attn, state, image))
            state = layer.ffn_norm(state + layer.ffn(state))
        center, size = head.bbox_mlp(state).sigmoid().split(2, dim=-1)
        return torch.cat([center - 0.5 * size, center + 0.5 * size], dim=-1).clamp(0.0, 1.0)


def _keys_and_values(attention: nn.MultiheadAttention, memory: Tensor) -> tuple[Tensor, Tensor]:
    """(n, h, s, d / h) each."""
    width = attention.embed_dim
    both = functional.linear(memory, attention.in_proj_weight[width:], attention.in_proj_bias[width:])
    keys, values = (_heads(part, attention.num_heads) for part in both.chunk(2, dim=-1))
    return keys, values


def _heads(states: Tensor, heads: int) -> Tensor:
    """(n, s, d) to (n, h, s, d / h)."""
    apart: Tensor = states.reshape(*states.shape[:2], heads, -1).transpose(1, 2).contiguous()
    return apart


def _split(projected: Tensor, heads: int) -> Sequence[Tensor]:
    """(n, 3 d) to query, key and value (n, h, 1, d / h)."""
    return [part.reshape(projected.shape[0], heads, 1, -1) for part in projected.chunk(3, dim=-1)]


def _attend_with(query: Tensor, key: Tensor, value: Tensor, keys: Tensor, values: Tensor, unused: Tensor) -> Tensor:
    """(n, d): attention over the used slots and the token itself, which has no slot yet."""
    scale = query.shape[-1] ** -0.5
    former = (query @ keys.transpose(-1, -2)).masked_fill(unused, float("-inf"))
    own = (query * key).sum(dim=-1, keepdim=True)
    weights = (torch.cat([former, own], dim=-1) * scale).softmax(dim=-1)
    mixed = weights[..., :-1] @ values + weights[..., -1:] * value
    flat: Tensor = mixed.flatten(1)
    return flat


def _look(attention: nn.MultiheadAttention, state: Tensor, keys: Tensor, values: Tensor) -> Tensor:
    """(n, d): one state of each table looks at its image."""
    width = attention.embed_dim
    query = functional.linear(state, attention.in_proj_weight[:width], attention.in_proj_bias[:width])
    seen = functional.scaled_dot_product_attention(
        query.reshape(state.shape[0], attention.num_heads, 1, -1), keys, values
    )
    projected: Tensor = attention.out_proj(seen.flatten(1))
    return projected


def _mingle(attention: nn.MultiheadAttention, states: Tensor, used: Tensor) -> Tensor:
    """(n, c, d): the cells of each table look at each other."""
    projected = functional.linear(states, attention.in_proj_weight, attention.in_proj_bias)
    query, keys, values = (_heads(part, attention.num_heads) for part in projected.chunk(3, dim=-1))
    seen = functional.scaled_dot_product_attention(query, keys, values, attn_mask=used[:, None, None, :])
    mingled: Tensor = attention.out_proj(seen.transpose(1, 2).flatten(2))
    return mingled


def _cross(attention: nn.MultiheadAttention, states: Tensor, image: Tensor) -> Tensor:
    """(n, c, d): the cells of each table look at its image."""
    width = attention.embed_dim
    query = functional.linear(states, attention.in_proj_weight[:width], attention.in_proj_bias[:width])
    keys, values = _keys_and_values(attention, image)
    seen = functional.scaled_dot_product_attention(_heads(query, attention.num_heads), keys, values)
    crossed: Tensor = attention.out_proj(seen.transpose(1, 2).flatten(2))
    return crossed
