"""Answers as the child that converts would, without models; a file that holds ``die`` ends it."""

import os
import sys
from pathlib import Path

from pipeline.workers.inbox.document_converter import ANSWER, REQUEST, ConversionAnswer

if __name__ == "__main__":
    for line in sys.stdin.buffer:
        request = REQUEST.decode(line)
        text = Path(request.path).read_text()
        (Path(sys.argv[1]) / request.name).write_text(text)
        if text == "die":
            os._exit(1)
        tokens = [name for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN") if name in os.environ]
        facts = f"{os.getpid()} {request.name} {dict(request.changes)} {tokens}"
        sys.stdout.buffer.write(ANSWER.encode(ConversionAnswer("ok", message=facts)) + b"\n")
        sys.stdout.buffer.flush()
