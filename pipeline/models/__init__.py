"""The networks: page images come in; layout regions, text lines and table structures go out.

Enters: ``PageTask`` and the page's image, (height, width, 3) uint8 RGB.
Leaves: one ``PagePrediction`` or ``PageFailure`` per page.
Read in this order: ``bundle`` (what the rest of Folio sees), ``lanes`` (which bundle serves which lane),
``micro_batches``, ``light_bundle`` (onnxruntime, from the wheels, whose files ``fast_graph`` makes ready),
``torch_bundles`` (all others), ``light_torch`` (the same networks on torch), ``accurate`` (docling's own networks),
``aot`` (packages compiled ahead of time).
Threads: a bundle is opened in the main thread, because ZeroGPU puts weights on the device from there. Predictions are
asked for by the one thread of a run that may call the GPU.
"""
