"""Who a caller is: the same browser and user again, nobody twice, and no name or address in what is kept."""

import pytest

from pipeline.errors import VisitorMalformed
from pipeline.runs.visitors import NOBODY, Visitor, client_address, identify, new_token


def test_a_browser_is_known_by_its_token_wherever_it_calls_from() -> None:
    token, other = new_token(), new_token()
    here, there = identify(token=token, address="203.0.113.7"), identify(token=token, address="198.51.100.9")
    assert here.owner == there.owner != ""
    assert here.key == there.key
    assert here.address != there.address
    assert identify(token=other, address="203.0.113.7").owner != here.owner


def test_a_user_is_known_by_name_in_every_browser_and_to_no_address() -> None:
    user = identify(user="ada", token=new_token(), address="203.0.113.7")
    assert user == identify(user="ada", token=new_token(), address="198.51.100.9")
    assert user != identify(user="bob")
    assert user.address == ""


def test_a_user_cannot_be_imitated_by_a_token() -> None:
    token = new_token()
    assert identify(user=token).owner != identify(token=token).owner


def test_a_caller_without_either_counts_by_address_and_owns_nothing() -> None:
    visitor = identify(address="203.0.113.7")
    assert visitor.owner == ""
    assert visitor.key == visitor.address != ""
    assert identify() == NOBODY
    assert NOBODY.key == ""


def test_neither_token_nor_name_nor_address_can_be_read_off_a_visitor() -> None:
    token = new_token()
    shown = repr((identify(user="yves"), identify(token=token, address="203.0.113.7")))
    assert not [word for word in ("yves", token, "203.0.113.7") if word in shown]


@pytest.mark.parametrize("token", ["me", "0" * 31, "0" * 33, "G" * 32, "A" * 32, " " + "0" * 32, "../" * 11])
def test_a_token_that_can_be_guessed_is_refused(token: str) -> None:
    with pytest.raises(VisitorMalformed, match="32 hexadecimal digits"):
        identify(token=token)


def test_the_machines_of_one_ipv6_site_are_one_caller() -> None:
    first, second, other = (
        identify(address=address) for address in ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1")
    )
    assert first == second != other
    assert identify(address="::ffff:203.0.113.7") == identify(address="203.0.113.7")
    assert identify(address="testclient") != Visitor()


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("127.0.0.1", [], "127.0.0.1"),
        ("10.20.3.4", ["8.8.8.8"], "8.8.8.8"),
        ("10.20.3.4", ["1.1.1.1", "8.8.8.8"], "8.8.8.8"),  # the first is what the caller claims
        ("10.20.3.4", ["8.8.8.8", " 10.0.0.9 "], "8.8.8.8"),
        ("10.20.3.4", ["what?", ""], "10.20.3.4"),
        ("9.9.9.9", ["8.8.8.8"], "9.9.9.9"),  # no proxy of ours: whatever the header says is the caller's own word
    ],
)
def test_the_address_is_the_one_that_a_proxy_saw(peer: str, forwarded: list[str], address: str) -> None:
    assert client_address(peer, forwarded) == address
