"""docling's own networks, batched: RT-DETRv2 for layout (heron), TableFormerV2 for tables, CodeFormulaV2 for formulas.

Enters: page images and the folders of the published weights.
Leaves: predictions that docling's stages take as they are (``settled``).
Read in this order: ``accurate_bundle``, ``heron_layout``, ``tableformer_tables``, ``decoding`` and ``otsl`` (from
tokens to cells), ``formula_reading``, ``checkpoints`` (weights from disk), ``accurate_specs`` (how the networks are
compiled).
Threads: none of its own.
"""
