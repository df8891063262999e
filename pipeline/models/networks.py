"""ONNX networks from wheels on the CPU, by onnxruntime.

Threads and forks. There is one session per network and process. It computes in the thread that calls it (one intra-op
thread) and may be called from several threads at once; parallelism comes from running pages side by side. So it owns no
threads that a fork would lose. A session is loaded when a process first runs it. A forked child loads its own and never
touches the inherited one, which stays referenced because destroying it could wait for locks held at the fork.
"""

import os
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from pipeline.models.fast_graph import read_fast

# OpenCV's own pool does not survive a fork, and pages already run side by side.
cv2.setNumThreads(1)

ONNXRUNTIME = "onnxruntime"
_ERRORS_ONLY = 3


class Network:
    """One ONNX graph with one float32 input."""

    def __init__(self, weights: Path) -> None:
        self._weights = weights
        self._sessions: dict[int, onnxruntime.InferenceSession] = {}

    def run(self, batch: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        """Every output of the graph, in the graph's order."""
        session = self._session()
        outputs: list[NDArray[np.float32]] = session.run(None, {session.get_inputs()[0].name: batch})
        return outputs

    def metadata(self, key: str) -> str:
        """A value that the graph's author stored in the file, such as its character set."""
        value: str = self._session().get_modelmeta().custom_metadata_map[key]
        return value

    def _session(self) -> onnxruntime.InferenceSession:
        process = os.getpid()
        session = self._sessions.get(process)
        if session is None:
            # No lock: a fork could inherit it held. Two threads may both load; setdefault makes them agree on one.
            session = self._sessions.setdefault(process, _load(self._weights))
        return session


def _load(weights: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = _ERRORS_ONLY
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    # A pattern is kept for every input shape, and widths of text lines never end. The arena levels off after a few
    # pages; without it each pass pays page faults for its buffers (measured: layout 96 ms instead of 74 ms).
    options.enable_mem_pattern = False
    graph = read_fast(weights).SerializeToString()
    return onnxruntime.InferenceSession(graph, sess_options=options, providers=["CPUExecutionProvider"])
