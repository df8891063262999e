"""The light networks as torch modules, a micro-batch of pages in few passes: what the light bundle is on a GPU.

Enters: the pages of a micro-batch.
Leaves: the predictions of ``light_bundle``, equal but for rounding.
Read in this order: ``torch_light_bundle``, ``torch_layout``, ``reading`` and ``text`` (OCR), ``canvas`` and ``paper``
(images on the device), ``torch_light_specs`` (how the networks are compiled).
Threads: none of its own.
"""
