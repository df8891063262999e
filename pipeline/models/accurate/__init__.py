"""docling's own networks, batched: RT-DETRv2 for layout (heron) and TableFormerV2 for tables.

Enters: page images and the folders of the published weights.
Leaves: predictions that docling's stages take as they are (``settled``).
Read in this order: ``accurate_bundle``, ``heron_layout``, ``tableformer_tables``, ``decoding`` and ``otsl`` (from
tokens to cells), ``checkpoints`` (weights from disk), ``accurate_specs`` (how the networks are compiled).
Threads: none of its own.
"""
