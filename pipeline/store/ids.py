"""Iteration ids: UUID version 7 (RFC 9562), so that sorting by id is sorting by time."""

import re
import secrets
import time
import uuid
from datetime import UTC, datetime

NANOSECONDS_PER_MS = 1_000_000
ITERATION_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def new_iteration_id() -> str:
    """A new id in the usual 36-character form: 48 bits of milliseconds, 12 bits of their fraction, 62 random bits.

    The fraction of a millisecond stands where RFC 9562 section 6.2 (method 3) allows it, for ids made in quick
    succession.
    """
    milliseconds, rest = divmod(time.time_ns(), NANOSECONDS_PER_MS)
    fraction = rest * 4096 // NANOSECONDS_PER_MS
    value = (milliseconds << 80) | (0x7 << 76) | (fraction << 64) | (0b10 << 62) | secrets.randbits(62)
    return str(uuid.UUID(int=value))


def is_iteration_id(text: str) -> bool:
    """Whether ``text`` is an id as ``new_iteration_id`` writes it."""
    return ITERATION_ID.fullmatch(text) is not None


def time_of(iteration_id: str) -> datetime:
    """When the id was made, in UTC, to the millisecond. Raises ValueError for anything that is no iteration id."""
    if not is_iteration_id(iteration_id):
        raise ValueError("not an iteration id")
    return datetime.fromtimestamp((uuid.UUID(iteration_id).int >> 80) / 1000, tz=UTC)
