"""What an answer of the Hub means for a deployment, and how often the same request is made again."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

import httpx
from huggingface_hub.errors import BucketNotFoundError, HfHubHTTPError, LocalTokenNotFoundError, RepositoryNotFoundError

from pipeline.errors import (
    DeployError,
    HubBusy,
    HubDown,
    HubOutOfReach,
    HubRateLimited,
    HubRequestRefused,
    PaymentNeeded,
    RepositoryMissing,
    TokenMissing,
    TokenRefused,
    TokenRightsMissing,
)
from pipeline.store.hub import HubFault, asked_to_wait
from pipeline.store.scrub import scrub

log = logging.getLogger(__name__)
Result = TypeVar("Result")

REASON_CHARACTERS = 200
LONGEST_WAIT = 60.0
"""Seconds. A Hub that asks for more is left alone, and the command ends with its sentence."""


@dataclass(frozen=True, slots=True)
class RetryPace:
    """How a request is repeated: ``waits`` are the seconds before each further try.

    Every request of a deployment may be made twice: what has happened already is found and left as it is.
    """

    waits: tuple[float, ...] = (1.0, 2.0, 4.0, 8.0)
    sleep: Callable[[float], None] = time.sleep

    def call(self, doing: str, request: Callable[[], Result], *, when_busy: bool = True) -> Result:
        """The request's result. ``doing`` tells what it does, as in "create the bucket".

        ``when_busy`` is False for a request that names the commit before it: where somebody else made one meanwhile, it
        would be refused for ever. Raises DeployError.
        """
        for wait in self.waits:
            try:
                with deploy_errors(doing):
                    return request()
            except DeployError as error:
                asked = _asked(error)
                busy = isinstance(error, HubBusy) and not when_busy
                if busy or not error.retryable or (asked or 0.0) > LONGEST_WAIT:
                    raise
                log.info("%s: %s, again in %.0f s", doing, error.code, asked or wait)
                self.sleep(asked or wait)
        with deploy_errors(doing):
            return request()


@contextmanager
def deploy_errors(doing: str) -> Iterator[None]:
    """What the Hub's client raises inside the block leaves it as a DeployError."""
    try:
        yield
    except LocalTokenNotFoundError as error:
        raise TokenMissing from error
    except (RepositoryNotFoundError, BucketNotFoundError) as error:
        raise RepositoryMissing(doing) from error
    except HfHubHTTPError as error:
        raise _of_response(doing, error) from error
    except (httpx.TransportError, OSError) as error:
        raise HubOutOfReach(doing) from error
    except HubFault as error:
        raise HubDown(doing) from error
    except ValueError as error:  # the client's own checks, such as of the README's front matter
        raise HubRequestRefused(doing, 0, scrub(str(error), REASON_CHARACTERS)) from error


def of_the_store(request: Callable[[], Result]) -> Result:
    """The result of a request that the store makes; the Hub's refusal leaves as the Hub's client raised it."""
    try:
        return request()
    except HubFault as fault:
        if isinstance(fault.__cause__, httpx.TransportError | OSError):
            raise fault.__cause__ from None
        raise


def _of_response(doing: str, error: HfHubHTTPError) -> DeployError:
    status = error.response.status_code
    if status == 429:
        return HubRateLimited(doing, asked_to_wait(error.response.headers))
    simple: dict[int, Callable[[], DeployError]] = {
        401: TokenRefused,
        402: lambda: PaymentNeeded(doing),
        403: lambda: TokenRightsMissing(doing),
        408: lambda: HubOutOfReach(doing),
        409: lambda: HubBusy(doing),
        412: lambda: HubBusy(doing),
    }
    if status in simple:
        return simple[status]()
    reason = scrub(error.server_message or "", REASON_CHARACTERS)
    return HubDown(doing) if status >= 500 else HubRequestRefused(doing, status, reason)


def _asked(error: DeployError) -> float | None:
    """Seconds that the Hub asked to wait before the next try."""
    cause = error.__cause__
    return asked_to_wait(cause.response.headers) if isinstance(cause, HfHubHTTPError) else None
