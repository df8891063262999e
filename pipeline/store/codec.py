"""Frozen dataclasses to JSON bytes and back, validated: what a file says is checked before anybody believes it."""

import json
import logging
import os
import secrets
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

log = logging.getLogger(__name__)

T = TypeVar("T")


class Codec(Generic[T]):
    """JSON for one type: a frozen dataclass, or a tuple or union of them."""

    def __init__(self, adapter: TypeAdapter[T]) -> None:
        self._adapter = adapter

    def encode(self, value: T) -> bytes:
        """UTF-8 JSON in one line. A lone surrogate (a PDF can hold one) becomes a replacement character."""
        plain = self._adapter.dump_python(value, mode="python")
        text = json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
        return text.encode("utf-8", errors="replace")

    def decode(self, data: bytes) -> T:
        """The value. Raises ValueError where the bytes are damaged or of another shape."""
        try:
            return self._adapter.validate_json(data, strict=True)
        except ValidationError as error:
            raise ValueError(f"{error.error_count()} fields do not validate") from error

    def replace(self, path: Path, value: T) -> None:
        """Write ``value`` in place of the file at ``path``, in one step, on local disk.

        For status files: losing one costs nothing, so a disk that refuses raises nothing.
        """
        temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_bytes(self.encode(value))
            os.replace(temporary, path)
        except OSError:
            temporary.unlink(missing_ok=True)

    def read(self, path: Path) -> T | None:
        """The value in ``path``; None, with a line in the log, where the file is missing or damaged."""
        try:
            return self.decode(path.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            log.warning("ignored a damaged file %s: %s", path.name, error)
            return None
