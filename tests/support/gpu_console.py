"""Makes GPU calls as it is told, for tests of the calls themselves.

    python -m tests.standins.zerogpu tests/support/gpu_console.py FOLDER SECONDS_PER_PAGE

Reads one order a line from its input and writes one answer a line, after ``ANSWER ``, since the client prints to the
output too. Every order runs in a thread of its own, as calls do in the app.
"""

import spaces  # before torch, as in app.py

# isort: split
import faulthandler
import json
import os
import signal
import sys
import threading
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

import gradio as gr
import numpy as np

from pipeline.gpu import worker
from pipeline.models.bundle import Lanes
from pipeline.pages import PageBatch, PageFacts, PageSize, PageTask, RenderedPage
from tests.support.gpu_bundle import TorchBundle

SIDE = 40  # pixels of a page's image
ANSWER = "ANSWER "


@dataclass(frozen=True)
class Order:
    """Predict ``pages`` pages, the first ``ocr`` of them with OCR; stop after ``stop_after`` micro-batches where it is
    not negative.
    """

    pages: int
    ocr: int = 0
    stop_after: int = -1


def page_pixels(page: int) -> "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]":
    """The image of a page, different for each."""
    return np.random.default_rng(page).integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)


def write_batch(folder: Path, order: Order) -> PageBatch:
    """The pages of an order as the renderer leaves them."""
    pixels = folder / f"pixels-{order.pages}.rgb"
    pixels.write_bytes(b"".join(page_pixels(page).tobytes() for page in range(1, order.pages + 1)))
    size = SIDE * SIDE * 3
    tasks = []
    for page in range(1, order.pages + 1):
        facts = PageFacts(page, PageSize(SIDE / 2, SIDE / 2), 1, 10, 0, 0.0, 0.0)
        rendered = RenderedPage(page, SIDE, SIDE, (page - 1) * size, 2.0, f"{page}.json", facts)
        tasks.append(PageTask(rendered, ocr=page <= order.ocr, tables=True))
    return PageBatch(0, str(pixels), tuple(tasks))


def carry_out(order: Order, folder: Path) -> dict[str, object]:
    """The confidence of every page that arrived, by micro-batch, and how the call ended."""
    arrived: list[list[float]] = []
    try:
        with closing(worker.infer(write_batch(folder, order))) as results:
            for micro_batch in results:
                arrived.append([result.regions[0].score for result in micro_batch.results])
                if len(arrived) == order.stop_after:
                    break
    except gr.Error as error:
        return {"arrived": arrived, "error": error.title, "message": str(error.message)}
    except Exception as error:
        return {"arrived": arrived, "error": type(error).__name__, "message": str(error)}
    return {"arrived": arrived, "error": "", "message": ""}


def main() -> None:
    faulthandler.register(signal.SIGUSR1)
    folder = Path(sys.argv[1])
    bundle = TorchBundle(folder / "inferred", page_s=float(sys.argv[2]))
    worker.install(Lanes(bundle, bundle))
    spaces.zero.startup()  # what gradio's launch does: packs the weights and reports
    assert hasattr(worker.infer, "zerogpu")
    print(ANSWER + "ready", flush=True)

    def work(line: str) -> None:
        answer = carry_out(Order(**json.loads(line)), folder)
        # Past the buffer of sys.stdout: a worker forked meanwhile would write out its copy of that once more.
        os.write(1, f"{ANSWER}{json.dumps(answer)}\n".encode())

    with open(
        0, encoding="utf-8", closefd=False
    ) as orders:  # every fork closes sys.stdin, and waits for whoever reads that
        for line in orders:
            threading.Thread(target=work, args=(line,)).start()


def to_line(order: Order) -> str:
    return json.dumps(asdict(order)) + "\n"


if __name__ == "__main__":
    main()
