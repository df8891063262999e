"""Fetching over real connections, from a server on this machine that stands in for public ones."""

import logging
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from pipeline.errors import (
    EmptyFile,
    FileTooLarge,
    FolioError,
    NotAPdf,
    StorageFailed,
    UrlAnswerRefused,
    UrlCompressed,
    UrlMalformed,
    UrlNotPublic,
    UrlRedirected,
    UrlTimedOut,
    UrlUnreachable,
)
from pipeline.intake.header import MEGABYTE
from pipeline.intake.web.web_fetch import MOST_REDIRECTS, FetchSeconds, WebFetch
from tests.support.web_stand import PUBLIC, StandTransport, WebStand, body, drip, stand_addresses, status, web_stand

PDF = b"%PDF-1.7\n" + b"x" * 100
INSIDE = ("127.0.0.1", "localhost", "169.254.169.254", "10.0.0.7", "[::1]", "[::ffff:127.0.0.1]", "inside.example")


@pytest.fixture(scope="module")
def running() -> Iterator[WebStand]:
    with web_stand() as stand:
        yield stand


@pytest.fixture
def stand(running: WebStand) -> WebStand:
    for collected in (running.answers, running.asked, running.certified, running.headers):
        collected.clear()
    return running


def web(stand: WebStand, whole: float = 20, silence: float = 20) -> WebFetch:
    return WebFetch(1, FetchSeconds(silence=silence, whole=whole), stand_addresses, stand.transport)


def refused(kind: type[FolioError], stand: WebStand, folder: Path, url: str, fetch: WebFetch | None = None) -> str:
    """The sentence of the refusal, after which nothing is left."""
    with pytest.raises(kind) as caught:
        (fetch or web(stand)).fetch(url, folder / "new")
    assert not (folder / "new").exists()
    assert "secret" not in str(caught.value)
    return caught.value.message


def test_a_pdf_is_fetched_from_the_very_address_that_was_checked(stand: WebStand, tmp_path: Path) -> None:
    stand.answers["/papers/tides.pdf"] = body(PDF)
    path = web(stand).fetch("https://papers.example/papers/tides.pdf?key=1#page=2", tmp_path / "new")
    assert (path.name, path.read_bytes()) == ("tides.pdf", PDF)
    assert stand.asked == [(PUBLIC, "papers.example", "/papers/tides.pdf")]
    assert stand.certified == ["papers.example"], "the certificate has to be for the name"
    sent = stand.headers[0]
    assert (sent["user-agent"], sent["accept-encoding"]) == ("Folio", "identity")
    assert not {"authorization", "cookie", "referer", "proxy-authorization"} & set(sent)


def test_the_name_is_the_one_that_the_server_gives(stand: WebStand, tmp_path: Path) -> None:
    stand.answers["/download"] = body(PDF, {"Content-Disposition": 'attachment; filename="../../tide tables.pdf"'})
    path = web(stand).fetch("http://papers.example/download?id=7", tmp_path / "new")
    assert path == tmp_path / "new" / "tide tables.pdf"


def test_redirects_are_followed_without_what_an_answer_left(stand: WebStand, tmp_path: Path) -> None:
    stand.answers |= {
        "/a": status(302, "/b?x=1"),
        "/b": status(301, "https://other.example/c"),
        "/c": status(308, "//third.example/d.pdf"),
        "/d.pdf": body(PDF),
    }
    assert web(stand).fetch("http://papers.example/a", tmp_path / "new").name == "d.pdf"
    assert [host for _, host, _ in stand.asked] == [
        "papers.example",
        "papers.example",
        "other.example",
        "third.example",
    ]
    assert ["cookie" in sent for sent in stand.headers] == [False] * 4


@pytest.mark.parametrize("host", INSIDE)
def test_no_redirect_leads_inside(stand: WebStand, tmp_path: Path, host: str) -> None:
    stand.answers |= {"/a": status(302, f"http://{host}/secret.pdf"), "/secret.pdf": body(PDF)}
    refused(UrlNotPublic, stand, tmp_path, "http://papers.example/a")
    refused(UrlNotPublic, stand, tmp_path, f"http://{host}/secret.pdf")
    assert [path for _, _, path in stand.asked] == ["/a"], "nothing was asked but the public address"


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "http://papers.example:6379/",
        "http://ada:secret@papers.example/",
        "",
        "http://[",
        "http://://[",
    ],
)
def test_a_redirect_has_to_be_an_address_that_is_fetched(stand: WebStand, tmp_path: Path, location: str) -> None:
    stand.answers["/a"] = status(302, location)
    refused(UrlMalformed, stand, tmp_path, "http://papers.example/a")


def test_so_many_redirects_are_followed_and_no_more(stand: WebStand, tmp_path: Path) -> None:
    stand.answers |= {f"/{n}": status(302, f"/{n + 1}") for n in range(MOST_REDIRECTS + 1)}
    stand.answers[f"/{MOST_REDIRECTS + 1}"] = body(PDF)
    refused(UrlRedirected, stand, tmp_path, "http://papers.example/0")
    assert len(stand.asked) == MOST_REDIRECTS + 1
    assert web(stand).fetch("http://papers.example/1", tmp_path / "new").read_bytes() == PDF


def test_a_name_that_leads_elsewhere_a_moment_later_changes_nothing(stand: WebStand, tmp_path: Path) -> None:
    """The name is looked up once a request, and the connection goes to what was found then."""
    stand.answers |= {"/a.pdf": body(PDF), "/b": status(302, "/secret.pdf"), "/secret.pdf": body(PDF)}
    lookups: list[str] = []

    def rebinding(host: str) -> tuple[str, ...]:
        lookups.append(host)
        return (PUBLIC,) if len(lookups) == 1 else ("127.0.0.1",)

    fetch = WebFetch(1, resolve=rebinding, transport=stand.transport)
    assert fetch.fetch("http://papers.example/a.pdf", tmp_path / "whole").exists()
    assert (lookups, stand.asked[0][0]) == (["papers.example"], PUBLIC)
    lookups.clear()
    refused(UrlNotPublic, stand, tmp_path, "http://papers.example/b", fetch)
    assert [path for _, _, path in stand.asked] == ["/a.pdf", "/b"]


def test_other_addresses_of_a_host_are_tried_where_the_first_does_not_answer(stand: WebStand, tmp_path: Path) -> None:
    class HalfDead(StandTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            if request.url.host != PUBLIC:
                raise httpx.ConnectError("no route")
            return await super().handle_async_request(request)

    stand.answers["/a.pdf"] = body(PDF)
    hosts = {"half.example": ("2606:4700::1111", "1.1.1.1", PUBLIC), "dead.example": ("1.1.1.1",)}
    fetch = WebFetch(1, resolve=hosts.__getitem__, transport=lambda: HalfDead(stand))
    assert fetch.fetch("http://half.example/a.pdf", tmp_path / "half").read_bytes() == PDF
    refused(UrlUnreachable, stand, tmp_path, "http://dead.example/a.pdf", fetch)


def test_a_file_is_not_larger_than_an_upload(stand: WebStand, tmp_path: Path) -> None:
    most, large = PDF + b"x" * (MEGABYTE - len(PDF)), PDF + b"x" * MEGABYTE
    stand.answers |= {
        "/most.pdf": body(most),
        "/declared.pdf": body(PDF, {"Content-Length": str(700 * MEGABYTE)}),
        "/large.pdf": body(large, {"Content-Length": ""}),
        "/endless.pdf": drip(PDF + b"x" * 10 * MEGABYTE),
    }
    assert web(stand).fetch("http://papers.example/most.pdf", tmp_path / "most").stat().st_size == MEGABYTE
    assert "700.0 MB" in refused(FileTooLarge, stand, tmp_path, "http://papers.example/declared.pdf")
    for name in ("large", "endless"):
        assert "has more than the limit of 1 MB" in refused(
            FileTooLarge, stand, tmp_path, f"http://papers.example/{name}.pdf"
        )


def test_what_the_server_compresses_is_not_taken(stand: WebStand, tmp_path: Path) -> None:
    stand.answers["/a.pdf"] = body(PDF, {"Content-Encoding": "gzip"})
    stand.answers["/b.pdf"] = body(PDF, {"Content-Encoding": "Identity"})
    refused(UrlCompressed, stand, tmp_path, "http://papers.example/a.pdf")
    assert web(stand).fetch("http://papers.example/b.pdf", tmp_path / "plain").read_bytes() == PDF


def test_what_is_no_pdf_is_refused_as_an_upload_is(stand: WebStand, tmp_path: Path) -> None:
    page = b"<!doctype html><title>Sign in</title>"
    late = b"%!PS-Adobe ticket\n" + b" " * 2000 + PDF
    stand.answers |= {
        "/page": body(page),
        "/endless": drip(page + b" " * 2 * MEGABYTE),
        "/empty": body(b""),
        "/late.pdf": body(late),
    }
    assert "it looks like HTML" in refused(NotAPdf, stand, tmp_path, "http://papers.example/page")
    large = WebFetch(50, FetchSeconds(whole=20), stand_addresses, stand.transport)
    refused(NotAPdf, stand, tmp_path, "http://papers.example/endless", large)  # the first megabyte tells
    refused(EmptyFile, stand, tmp_path, "http://papers.example/empty")
    assert web(stand).fetch("http://papers.example/late.pdf", tmp_path / "late").read_bytes() == late


@pytest.mark.parametrize("code", [204, 206, 304, 401, 403, 404, 429, 500, 503])
def test_an_answer_without_a_document(stand: WebStand, tmp_path: Path, code: int) -> None:
    stand.answers["/a.pdf"] = status(code)
    assert f" {code} " in refused(UrlAnswerRefused, stand, tmp_path, "http://papers.example/a.pdf")


def test_a_slow_server_is_not_waited_for(stand: WebStand, tmp_path: Path) -> None:
    """A byte now and then is never silence, so the whole has its own limit: in the document and before it."""
    stand.answers |= {"/body": drip(PDF), "/headers": drip(b"", in_headers=True), "/silent": drip(PDF, seconds=3)}
    for name in ("body", "headers"):
        refused(UrlTimedOut, stand, tmp_path, f"http://papers.example/{name}", web(stand, whole=0.4))
    refused(UrlTimedOut, stand, tmp_path, "http://papers.example/silent", web(stand, silence=0.3))


def test_a_server_that_breaks_off_or_is_not_there(stand: WebStand, tmp_path: Path) -> None:
    stand.answers["/short.pdf"] = body(PDF, {"Content-Length": "5000"})
    refused(UrlUnreachable, stand, tmp_path, "http://papers.example/short.pdf")
    nowhere = WebFetch(1, resolve=stand_addresses, transport=lambda: StandTransport(WebStand(1)))
    refused(UrlUnreachable, stand, tmp_path, "http://papers.example/a.pdf", nowhere)


def test_a_disk_that_takes_nothing_is_no_fault_of_the_address(stand: WebStand, tmp_path: Path) -> None:
    stand.answers["/a.pdf"] = body(PDF)
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageFailed):
        web(stand).fetch("http://papers.example/a.pdf", tmp_path / "file" / "new")


def test_neither_proxy_nor_log_learns_of_an_address(
    stand: WebStand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    stand.answers["/secret.pdf"] = body(PDF)
    with caplog.at_level(logging.INFO):
        assert web(stand).fetch("http://papers.example/secret.pdf", tmp_path / "new").exists()
    assert "secret" not in caplog.text
