"""The results dataset on the Hub: the only place that talks to it, and what its refusals mean.

Every call raises HubFault and nothing else when the Hub is down, slow or refuses; the caller tries again later. Nothing
here keeps state that a crash could lose. Called from the publisher process alone, which has one thread.
"""

import functools
import logging
import re
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum

import httpx
from huggingface_hub import (
    CommitOperationAdd,
    CommitOperationDelete,
    HfApi,
    get_session,
    hf_hub_url,
    set_client_factory,
)
from huggingface_hub.errors import EntryNotFoundError, HfHubHTTPError, RepositoryNotFoundError
from huggingface_hub.hf_api import DatasetInfo
from huggingface_hub.utils import build_hf_headers, hf_raise_for_status

from pipeline.store.card import DatasetKind, new_card, updated_card
from pipeline.store.record_to_row import RESULTS

log = logging.getLogger(__name__)

SEED = "data/seed.jsonl"
"""The shard with the row that a new dataset begins with: ``load_dataset`` fails where there is no row."""

RATE_LIMIT = re.compile(r"r=(?P<remaining>\d+)\s*;\s*t=(?P<seconds>\d+)")
"""As the Hub writes it, ``"api";r=0;t=55``: draft-ietf-httpapi-ratelimit-headers-09."""

CONNECT_SECONDS = 10.0
ANSWER_SECONDS = 75.0
"""The Hub itself gives a commit up after 60 s."""


class FaultCode(StrEnum):
    """Why the Hub did not do what it was asked."""

    UNREACHABLE = "hub_unreachable"
    RATE_LIMITED = "hub_rate_limited"
    NOT_ALLOWED = "hub_not_allowed"
    MISSING = "hub_dataset_missing"
    BUSY = "hub_busy"
    FAILED = "hub_failed"
    REFUSED = "hub_refused"
    UNEXPECTED = "hub_unexpected"


FAULT_OF_STATUS: Mapping[int, FaultCode] = {
    401: FaultCode.NOT_ALLOWED,
    403: FaultCode.NOT_ALLOWED,
    404: FaultCode.MISSING,
    408: FaultCode.UNREACHABLE,
    409: FaultCode.BUSY,  # another commit operation is in progress
    412: FaultCode.BUSY,  # the head has moved since it was read
    429: FaultCode.RATE_LIMITED,
}


class HubFault(Exception):
    """The Hub is down, slow or refuses. ``retry_after`` is how many seconds it asks to wait, where it says so."""

    def __init__(self, code: FaultCode, retry_after: float | None = None) -> None:
        super().__init__(code.value)
        self.code = code
        self.retry_after = retry_after


class ResultsRepo:
    """The dataset repository ``repo_id``; with an empty ``repo_id``, the one of the token's owner that has the kind's
    name.
    """

    def __init__(
        self, repo_id: str, *, private: bool, token: str, endpoint: str | None = None, kind: DatasetKind = RESULTS
    ) -> None:
        set_client_factory(client_with_timeouts)
        self._kind = kind
        self._api = HfApi(endpoint=endpoint, token=token or None)
        self._private = private
        self._prepared = False
        self.repo_id = repo_id

    @property
    def prepared(self) -> bool:
        """Whether the repository is known to be there with every column declared."""
        return self._prepared

    def prepare(self) -> None:
        """Create the repository if it is missing, declare every column in its README and make sure of one data file."""
        self.find_name()
        with _hub_faults():
            info = self._info_or_create()
            names = {sibling.rfilename for sibling in info.siblings or ()}
            wanted = self._card_operations(names)
            if not any(name.startswith("data/") and name.endswith(".jsonl") for name in names):
                wanted.append(CommitOperationAdd(SEED, self._kind.seed))
            if wanted:
                self._api.create_commit(
                    self.repo_id, wanted, repo_type="dataset", commit_message="Declare the records' columns"
                )
            self._prepared = True

    def find_name(self) -> None:
        """Ask whose the token is where the repository has no name yet."""
        if not self.repo_id:
            with _hub_faults():
                self.repo_id = f"{self._api.whoami()['name']}/{self._kind.name}"

    def add(self, files: Mapping[str, bytes]) -> None:
        """Commit new files, named by their path in the repository.

        Without ``parent_commit``: the paths are new, so any head will do, and a stale head would be refused for ever. A
        commit whose answer was lost can be sent again; files that are there with the same bytes are left out by the
        client.
        """
        operations = [CommitOperationAdd(path, data) for path, data in files.items()]
        with self._faults_that_unsettle():
            self._api.create_commit(
                self.repo_id,
                operations,
                repo_type="dataset",
                commit_message=f"Add {len(files)} {self._kind.row_name}(s)",
            )

    def rewrite(self, add: Mapping[str, bytes], delete: list[str], head: str, message: str) -> None:
        """One commit that adds and deletes files, refused as BUSY unless ``head`` is still the newest commit.

        A path in ``delete`` that ends in a slash is a folder.
        """
        operations: list[CommitOperationAdd | CommitOperationDelete] = [CommitOperationDelete(path) for path in delete]
        operations += [CommitOperationAdd(path, data) for path, data in add.items()]
        with self._faults_that_unsettle():
            self._api.create_commit(
                self.repo_id, operations, repo_type="dataset", commit_message=message, parent_commit=head
            )

    def files(self) -> tuple[str, list[str]]:
        """The newest commit and every file below ``data/`` in it."""
        with self._faults_that_unsettle():
            info = self._api.dataset_info(self.repo_id)
            names = sorted(sibling.rfilename for sibling in info.siblings or ())
            return str(info.sha), [name for name in names if name.startswith("data/")]

    def read(self, path: str, revision: str) -> bytes:
        """The bytes of one file in a commit."""
        with self._faults_that_unsettle():
            return self._download(path, revision)

    def squash(self) -> None:
        """Join all commits into one: a dataset with thousands of commits becomes slow. No file changes."""
        with self._faults_that_unsettle():
            self._api.super_squash_history(self.repo_id, repo_type="dataset", commit_message="Join earlier commits")

    def commit_count(self) -> int:
        """How many commits the dataset has."""
        with self._faults_that_unsettle():
            return len(self._api.list_repo_commits(self.repo_id, repo_type="dataset"))

    def _info_or_create(self) -> DatasetInfo:
        try:
            return self._api.dataset_info(self.repo_id)
        except RepositoryNotFoundError:
            # Asked for second, since a token limited to an existing dataset may not create one.
            self._api.create_repo(self.repo_id, repo_type="dataset", private=self._private, exist_ok=True)
            log.info("created the dataset %s", self.repo_id)
            return self._api.dataset_info(self.repo_id)

    def _card_operations(self, names: set[str]) -> list[CommitOperationAdd | CommitOperationDelete]:
        if "README.md" not in names:
            return [CommitOperationAdd("README.md", new_card(self.repo_id, self._kind).encode())]
        current = self._download("README.md", "main").decode("utf-8", errors="replace")
        wanted = updated_card(current, self.repo_id, self._kind)
        return [] if wanted == current else [CommitOperationAdd("README.md", wanted.encode())]

    def _download(self, path: str, revision: str) -> bytes:
        url = hf_hub_url(self.repo_id, path, repo_type="dataset", revision=revision, endpoint=self._api.endpoint)
        response = get_session().get(url, headers=build_hf_headers(token=self._api.token))
        hf_raise_for_status(response)
        return response.content

    @contextmanager
    def _faults_that_unsettle(self) -> Iterator[None]:
        """As ``_hub_faults``; a dataset that has gone is prepared anew before the next attempt."""
        try:
            with _hub_faults():
                yield
        except HubFault as fault:
            if fault.code is FaultCode.MISSING:
                self._prepared = False
            raise


@contextmanager
def _hub_faults() -> Iterator[None]:
    try:
        yield
    except EntryNotFoundError as error:
        # A file that was listed has gone since: somebody else changed the dataset, and looking again will do.
        raise HubFault(FaultCode.BUSY) from error
    except HfHubHTTPError as error:
        raise _fault_of(error.response) from error
    except (httpx.TransportError, OSError) as error:
        raise HubFault(FaultCode.UNREACHABLE) from error
    except Exception as error:  # the client's own checks, an answer that is no JSON: the queue must go on all the same
        log.warning("unexpected %s from the Hub client", type(error).__name__)
        raise HubFault(FaultCode.UNEXPECTED) from error


def _fault_of(response: httpx.Response) -> HubFault:
    status = response.status_code
    code = FAULT_OF_STATUS.get(status, FaultCode.FAILED if status >= 500 else FaultCode.REFUSED)
    return HubFault(code, asked_to_wait(response.headers))


def asked_to_wait(headers: httpx.Headers) -> float | None:
    """Seconds until the window of an exhausted limit ends, or what ``Retry-After`` says; None where neither is told."""
    if (limit := RATE_LIMIT.search(headers.get("RateLimit", ""))) and int(limit.group("remaining")) == 0:
        return float(limit.group("seconds"))
    after = headers.get("Retry-After", "")
    return float(after) if after.isdecimal() else None


def client_with_timeouts() -> httpx.Client:
    """As the client's own factory, whose timeout is none at all."""
    timeout = httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS)
    return httpx.Client(follow_redirects=True, timeout=timeout, verify=_trusted())


@functools.cache
def _trusted() -> ssl.SSLContext:
    """The authorities that are trusted; reading them takes 30 ms, and clients are made anew for each repository."""
    return httpx.create_ssl_context()
