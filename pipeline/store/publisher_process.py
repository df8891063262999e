"""The server's side of publishing: start the publisher with the token, and tell how it stands."""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from pipeline.settings import Settings
from pipeline.store.hub_process import HubProcess
from pipeline.store.ledger import Ledger, LedgerEntry
from pipeline.store.status import PublisherStatus, PublishState, iso, read_status


def status_path(settings: Settings) -> Path:
    """Where the publisher writes its status: on local disk, since it is rewritten."""
    return settings.work_dir / "publisher" / "status.json"


def lock_path(settings: Settings) -> Path:
    """The lock of the one publisher of this data folder, on local disk."""
    return settings.work_dir / "publisher" / f"{hashlib.sha256(str(settings.data_dir).encode()).hexdigest()[:16]}.lock"


class PublisherProcess(HubProcess):
    """The publisher of one server; without a token there is none, and the records stay in the ledger."""

    def __init__(self, settings: Settings, token: str) -> None:
        variables = {
            "RESULTS_DATASET": settings.results_dataset,
            "RESULTS_PRIVATE": str(settings.results_private).lower(),
            "RESULTS_MONTHS": str(settings.results_months),
        }
        super().__init__("pipeline.store.publisher", settings, token, variables)

    def ensure_running(self, environment: Mapping[str, str] = os.environ) -> None:
        """Start the publisher if it is not running; does nothing without a token. Call it when a run has ended."""
        if self._token:
            super().ensure_running(environment)

    def status(self) -> PublisherStatus:
        """How publishing stands, whether or not the publisher is there to say so."""
        if not self._token:
            return self._unpublished()
        last = read_status(status_path(self._settings))
        if not self.running:
            return replace(last or PublisherStatus(PublishState.STOPPED), state=PublishState.STOPPED)
        return last or PublisherStatus(PublishState.STARTING, repo_id=self._settings.results_dataset)

    def _unpublished(self) -> PublisherStatus:
        """Without a token every run's record waits, the oldest since it was written."""
        ledger = Ledger(self._settings.data_dir)
        names = ledger.names()
        oldest = LedgerEntry.from_name(min(names, default=""))
        return PublisherStatus(
            PublishState.NO_TOKEN,
            repo_id=self._settings.results_dataset,
            depth=len({name.partition(".")[0] for name in names}),
            oldest_at=iso(ledger.written_at(oldest) if oldest else None),
        )
