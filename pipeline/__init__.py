"""Folio: PDFs in, Markdown, JSON and HTML out, with every page batch planned, paid for once and recorded.

Libraries send usage figures to their makers unless they are told not to, and read the switch when they are imported.
So the switches are set here, before any module of Folio imports one. onnxruntime 1.31 also starts a thread for it,
which a fork would lose. An owner's own value stays.
"""

import os

__version__ = "0.1.0"

for _switch, _off in (
    ("ORT_DISABLE_TELEMETRY", "1"),
    ("HF_HUB_DISABLE_TELEMETRY", "1"),
    ("GRADIO_ANALYTICS_ENABLED", "0"),
):
    os.environ.setdefault(_switch, _off)
