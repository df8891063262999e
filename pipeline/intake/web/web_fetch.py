"""Fetches a PDF from a public server, with no more trust in it than in a stranger's upload.

A name is looked up once for each request, every address found has to be public, and the connection goes to one of these
very addresses: a name that leads elsewhere a moment later changes nothing. Each redirect is another address and is
checked alike. ``httpx``'s transport is used without its client, which would keep cookies, take proxies and passwords
from the environment, and write addresses into the log. An address may hold a secret of its owner, so none is written
down here, and no error repeats one.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from pipeline.errors import (
    EmptyFile,
    FileTooLarge,
    NotAPdf,
    StorageFailed,
    UrlAnswerRefused,
    UrlCompressed,
    UrlMalformed,
    UrlRedirected,
    UrlTimedOut,
    UrlUnreachable,
)
from pipeline.intake.header import HEADER_BYTES, MEGABYTE, SEARCHED_BYTES, header_offset, looks_like
from pipeline.intake.web.document_name import document_name
from pipeline.intake.web.public_hosts import Resolve, public_addresses, read_url, system_addresses

MOST_REDIRECTS = 5
MOST_ADDRESSES = 4  # of one host that are tried, where the first do not answer
REDIRECTS = frozenset({301, 302, 303, 307, 308})
OK = 200
CHUNK_BYTES = 1 << 16
HEADERS = {"User-Agent": "Folio", "Accept": "application/pdf, */*;q=0.5", "Accept-Encoding": "identity"}


@dataclass(frozen=True, slots=True)
class FetchSeconds:
    """How long a fetch may take: to ``connect``, in ``silence`` between two bytes, and as a ``whole``."""

    connect: float = 10
    silence: float = 20
    whole: float = 120

    def of_one_request(self) -> dict[str, float | None]:
        return httpx.Timeout(self.silence, connect=self.connect).as_dict()


def direct_transport() -> httpx.AsyncBaseTransport:
    """Connections of this machine's own, with the certificates that it trusts."""
    return httpx.AsyncHTTPTransport(trust_env=False)


class WebFetch:
    """Fetches documents of at most ``most_megabytes``. Safe to use from several threads.

    ``resolve`` finds a host's addresses and ``transport`` makes what connects to them, once for each request.
    """

    def __init__(
        self,
        most_megabytes: int,
        seconds: FetchSeconds | None = None,
        resolve: Resolve = system_addresses,
        transport: Callable[[], httpx.AsyncBaseTransport] = direct_transport,
    ) -> None:
        self._most, self._seconds = most_megabytes, seconds or FetchSeconds()
        self._resolve, self._transport = resolve, transport

    def fetch(self, address: str, folder: Path) -> Path:
        """The document at ``address`` as a file in ``folder``, which is made for it and is gone where that fails.

        Raises FetchError, EmptyFile, FileTooLarge, NotAPdf or StorageFailed. No thread's event loop may run.
        """
        url = read_url(address)
        with _storing():
            folder.mkdir(parents=True)
        try:
            return asyncio.run(self._in_time(url, folder))
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    async def _in_time(self, url: httpx.URL, folder: Path) -> Path:
        try:
            async with asyncio.timeout(self._seconds.whole):
                return await self._follow(url, folder)
        except (TimeoutError, httpx.TimeoutException):
            raise UrlTimedOut from None
        except (httpx.TransportError, OSError):  # a connection that breaks under TLS is an OSError
            raise UrlUnreachable from None

    async def _follow(self, url: httpx.URL, folder: Path) -> Path:
        """The document behind the address, or behind those that it is redirected to."""
        for _ in range(MOST_REDIRECTS + 1):
            found = await asyncio.to_thread(public_addresses, url.raw_host.decode("ascii"), self._resolve)
            async with self._answer(url, found[:MOST_ADDRESSES]) as answer:
                if answer.status_code not in REDIRECTS:
                    return await self._save(answer, url, folder)
                url = _next_url(url, answer)
        raise UrlRedirected(MOST_REDIRECTS)

    @asynccontextmanager
    async def _answer(self, url: httpx.URL, addresses: Sequence[str]) -> AsyncIterator[httpx.Response]:
        """The beginning of the answer, from the first of these network addresses that can be connected to."""
        async with self._transport() as transport:
            for place, address in enumerate(addresses, start=1):
                try:
                    answer = await transport.handle_async_request(self._request(url, address))
                    break
                except (httpx.ConnectError, httpx.ConnectTimeout):
                    if place == len(addresses):
                        raise UrlUnreachable from None
            try:
                yield answer
            finally:
                await answer.aclose()

    def _request(self, url: httpx.URL, address: str) -> httpx.Request:
        """A request to a network address, in the name of the address's host: the name stands in the Host header, and
        the server's certificate has to be for it.
        """
        name = url.raw_host.decode("ascii")
        return httpx.Request(
            "GET",
            url.copy_with(host=address),
            headers={"Host": url.netloc.decode("ascii"), **HEADERS},
            extensions={"sni_hostname": name, "timeout": self._seconds.of_one_request()},
        )

    async def _save(self, answer: httpx.Response, url: httpx.URL, folder: Path) -> Path:
        if answer.status_code != OK:
            raise UrlAnswerRefused(answer.status_code)
        if answer.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
            raise UrlCompressed
        declared = answer.headers.get("Content-Length", "")
        if declared.isdecimal() and int(declared) > self._most * MEGABYTE:
            raise FileTooLarge(int(declared) / MEGABYTE, self._most)
        path = folder / document_name(answer.headers.get("Content-Disposition", ""), url.path)
        await self._write(answer.aiter_raw(CHUNK_BYTES), path)
        return path

    async def _write(self, chunks: AsyncIterator[bytes], path: Path) -> None:
        """Write what arrives, until it is too much, or so much of it is no PDF that none can follow."""
        written, head, begun = 0, b"", False
        with _storing():
            file = path.open("wb")
        with closing(file):
            async for chunk in chunks:
                written += len(chunk)
                if written > self._most * MEGABYTE:
                    raise FileTooLarge(None, self._most)
                if not begun:
                    head += chunk
                    begun = header_offset(head[:SEARCHED_BYTES]) is not None
                    if not begun and len(head) >= SEARCHED_BYTES:
                        break
                with _storing():
                    file.write(chunk)
                    file.flush()  # so that closing has nothing left to fail at
        if not written:
            raise EmptyFile
        if not begun:
            raise NotAPdf(looks_like(head[:HEADER_BYTES]))


@contextmanager
def _storing() -> Iterator[None]:
    """A disk that takes no more is no fault of the address. Raises StorageFailed for any OSError."""
    try:
        yield
    except OSError as error:
        raise StorageFailed from error


def _next_url(url: httpx.URL, answer: httpx.Response) -> httpx.URL:
    """Where a redirect leads. Raises UrlMalformed for an address that is not fetched."""
    try:
        return read_url(str(url.join(answer.headers["Location"])))
    except (KeyError, ValueError, httpx.InvalidURL):  # urllib joins them, by other rules than httpx's
        raise UrlMalformed from None
