"""The document in pieces for retrieval: docling's hybrid chunker, with a tokenizer that needs no network.

Each piece has a heading's text or a part of it, the headings above it, and where it stands, so that what was retrieved
can be shown in its place.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from docling_core.transforms.chunker.doc_chunk import DocChunk, DocMeta
from docling_core.transforms.chunker.hierarchical_chunker import ChunkingDocSerializer, ChunkingSerializerProvider
from docling_core.transforms.chunker.hybrid_chunker import HybridChunker
from docling_core.transforms.chunker.tokenizer.base import BaseTokenizer
from docling_core.transforms.serializer.base import BaseDocSerializer
from docling_core.transforms.serializer.markdown import MarkdownTableSerializer
from docling_core.types.doc import DoclingDocument

from pipeline.stages.formula_text import ChunkTexts
from pipeline.stages.inline_pieces import MarkdownPieces, UnicodeScripts

MOST_TOKENS = 512  # of a chunk: what most embedding models take
TOKEN_CHARACTERS = 5  # a longer word counts once more for each further five letters
_PIECES = re.compile(r"\w+|[^\w\s]")


class WordTokenizer(BaseTokenizer):
    """Counts words and marks, long words several times: more than the tokenizers of embedding models count for English,
    and about as much for other languages in Latin letters. A letter of a script without spaces counts as one.
    """

    def count_tokens(self, text: str) -> int:
        """Tokens of ``text``."""
        return sum(_tokens(piece) for piece in _PIECES.findall(text))

    def get_max_tokens(self) -> int:
        """Most tokens of a chunk."""
        return MOST_TOKENS

    def get_tokenizer(self) -> Any:
        """What splits an overlong text: a function that counts."""
        return self.count_tokens


def _tokens(piece: str) -> int:
    return len(piece) if piece[0] > "\u2e80" else 1 + (len(piece) - 1) // TOKEN_CHARACTERS


class _ChunkWriter(UnicodeScripts, ChunkingDocSerializer):
    pass


class _PipeTables(ChunkingSerializerProvider):
    """Tables in chunks as pipes, header first: models know that form."""

    def get_serializer(self, doc: DoclingDocument) -> BaseDocSerializer:
        """The writer of chunks of ``doc``."""
        return _ChunkWriter(
            doc=doc,
            table_serializer=MarkdownTableSerializer(),
            text_serializer=ChunkTexts(),
            inline_serializer=MarkdownPieces(),
        )


def chunk_lines(document: DoclingDocument) -> Iterator[str]:
    """One JSON object a line: ``chunk`` (its number from 0), ``text``, ``headings``, ``pages`` (numbers from 1) and
    ``boxes`` (page, left, top, right and bottom in points, origin top left).
    """
    chunker = HybridChunker(tokenizer=WordTokenizer(), serializer_provider=_PipeTables(), always_emit_headings=True)
    for number, chunk in enumerate(chunker.chunk(document)):
        if isinstance(chunk, DocChunk):
            text = chunk.text or (chunk.meta.headings or [""])[-1]  # of a heading with nothing below it
            yield json.dumps({"chunk": number, "text": text, **_place(chunk.meta, document)}, ensure_ascii=False)


def _place(meta: DocMeta, document: DoclingDocument) -> dict[str, object]:
    boxes = []
    for item in meta.doc_items:
        for place in item.prov:
            box = place.bbox.to_top_left_origin(document.pages[place.page_no].size.height)
            corners = (round(value, 1) for value in box.as_tuple())
            boxes.append({"page": place.page_no, **dict(zip(("left", "top", "right", "bottom"), corners, strict=True))})
    pages = sorted({place.page_no for item in meta.doc_items for place in item.prov})
    return {"headings": meta.headings or [], "pages": pages, "boxes": boxes}
