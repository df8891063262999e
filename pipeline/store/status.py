"""How publishing stands: one small file that the publisher rewrites and the dashboard reads.

It lies on local disk, where a rename replaces it in one step; it is news, not a record, so losing it costs nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from pydantic import TypeAdapter

from pipeline.store.codec import Codec


class PublishState(StrEnum):
    """What becomes of the records."""

    NO_TOKEN = "no_token"  # noqa: S105 - a state
    STARTING = "starting"
    PUBLISHING = "publishing"
    WAITING = "waiting"
    STOPPED = "stopped"


SENTENCES = {
    PublishState.NO_TOKEN: "kept on this server, not published",
    PublishState.STARTING: "the publisher is starting",
    PublishState.PUBLISHING: "published to the results dataset",
    PublishState.WAITING: "not published for now: the Hub refuses or cannot be reached, and is asked again",
    PublishState.STOPPED: "not published: the publisher has stopped",
}


@dataclass(frozen=True, slots=True)
class PublisherStatus:
    """A snapshot. Times are ISO 8601 in UTC, empty where there is none.

    ``depth`` counts records that the Hub has not confirmed, and ``oldest_at`` is when the oldest of them was written;
    ``unreadable`` counts those that cannot be published at all. ``last_error`` is a FaultCode's value,
    ``storage_failed`` or empty; it is cleared by the next success. ``retry_at`` is when the Hub is asked again.
    """

    state: PublishState
    repo_id: str = ""
    written_at: str = ""
    last_commit_at: str = ""
    depth: int = 0
    unreadable: int = 0
    last_error: str = ""
    retry_at: str = ""
    oldest_at: str = ""

    @property
    def sentence(self) -> str:
        return SENTENCES[self.state]


def iso(moment: datetime | None) -> str:
    """As a status tells times; empty where there is none."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z") if moment else ""


STATUS = Codec(TypeAdapter(PublisherStatus))


def read_status(path: Path) -> PublisherStatus | None:
    """The newest snapshot; None where there is none."""
    return STATUS.read(path)
