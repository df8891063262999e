"""Where an address may lead: its form, and every kind of network that is not for everybody."""

import pytest

from pipeline.errors import FolioError, UrlMalformed, UrlNotPublic, UrlUnreachable
from pipeline.intake.web.public_hosts import URL_CHARS, is_public, public_addresses, read_url, system_addresses

PUBLIC = [
    *("1.1.1.1", "93.184.215.14", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1", "198.17.0.1"),
    *("223.255.255.255", "2606:4700::1111", "2a00:1450:4001:80b::200e", "2001:4860:4860::8888"),
]
NOT_PUBLIC = [
    *("127.0.0.1", "127.255.255.254", "::1"),  # this machine
    *("0.0.0.0", "0.1.2.3", "::"),  # "this" network
    *("10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "fc00::1", "fd12:3456::1"),  # private
    *("169.254.0.1", "169.254.169.254", "fe80::1", "fe80::1%1", "fec0::1"),  # link-local, site-local
    *("100.64.0.1", "100.127.255.255"),  # behind a carrier's address translation
    *("169.254.170.2", "100.100.100.200", "192.0.0.192", "168.63.129.16", "fd00:ec2::254"),  # clouds' own services
    *("224.0.0.1", "239.255.255.250", "ff02::1", "ff0e::1"),  # multicast
    *("240.0.0.1", "255.255.255.255", "4000::1", "5f00::1"),  # reserved
    *("::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "::8.8.8.8"),  # IPv4 within IPv6
    *("64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::1"),  # NAT64
    *("2002:7f00:1::", "2002:808:808::1", "192.88.99.1", "2001::1", "2001:0:808:808::1"),  # 6to4, Teredo
    *("192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1", "3fff::1"),  # documentation
    *("198.18.0.1", "198.19.255.255", "192.0.0.1", "192.31.196.1", "192.52.193.1", "192.175.48.1", "100::1"),
    *("", "example.org", "1.1.1", "1.1.1.1.1", "0x7f000001"),  # no address at all
]


@pytest.mark.parametrize("address", PUBLIC)
def test_addresses_that_anybody_reaches(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_addresses_that_are_not_for_everybody(address: str) -> None:
    assert not is_public(address)


def test_a_host_with_one_address_that_is_not_public_is_not_asked_at_all() -> None:
    assert public_addresses("a.example", lambda _: ("1.1.1.1", "2606:4700::1111")) == ("1.1.1.1", "2606:4700::1111")
    with pytest.raises(UrlNotPublic):
        public_addresses("a.example", lambda _: ("1.1.1.1", "10.0.0.1"))


def test_a_name_that_nobody_knows_cannot_be_reached() -> None:
    def unknown(host: str) -> tuple[str, ...]:
        raise OSError(f"[Errno -3] Temporary failure in name resolution: {host}")

    for resolve in (unknown, lambda _: ()):
        with pytest.raises(UrlUnreachable) as caught:
            public_addresses("secret.example", resolve)
        assert "secret" not in str(caught.value)
    with pytest.raises(UrlUnreachable):
        public_addresses("a" * 64 + ".example", system_addresses)  # no label is so long


@pytest.mark.parametrize("host", ["localhost", "127.1", "2130706433", "0x7f.0.0.1", "0177.0.0.1", "0", "::1"])
def test_every_spelling_of_this_machine_is_looked_up_and_refused(host: str) -> None:
    with pytest.raises(UrlNotPublic):
        public_addresses(host, system_addresses)


@pytest.mark.parametrize(
    "text",
    [
        "https://example.org/report.pdf",
        "http://example.org",
        " HTTPS://EXAMPLE.org:443/a%20b.pdf?x=1 ",
        "http://example.org:443/",
        "http://bücher.example/größe.pdf",
        "http://[2606:4700::1111]/a.pdf",
        "https://xn--a.example/",  # no word has this spelling, and a name may
    ],
)
def test_addresses_of_the_web(text: str) -> None:
    assert read_url(text + "#page=3").fragment == ""


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "report.pdf", "example.org/report.pdf", "//example.org/a.pdf", "https://", "https:///a.pdf"),
        *("file:///etc/passwd", "ftp://example.org/a.pdf", "gopher://example.org", "data:application/pdf;base64,JVBE"),
        *("https://ada:secret@example.org/", "https://token@example.org/", "https://:secret@example.org/"),
        *("https://example.org:8443/", "http://example.org:22/", "http://example.org:6379/", "http://example.org:0/"),
        *("https://exa mple.org/", "https://example.org:port/", "https://[::1/", "https://a\x00b.example/"),
        *("https://example.org/\r\nHost: other", "javascript:alert(1)", f"https://example.org/{'a' * URL_CHARS}"),
    ],
)
def test_what_is_no_address_of_the_web(text: str) -> None:
    with pytest.raises(UrlMalformed) as caught:
        read_url(text)
    assert isinstance(caught.value, FolioError)
    assert "secret" not in str(caught.value)
