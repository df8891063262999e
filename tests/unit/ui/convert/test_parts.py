"""What the page is made of."""

from pipeline.ui.convert.parts import build_memory


def test_a_browser_is_still_known_after_the_server_was_restarted() -> None:
    before, after = build_memory().visitor, build_memory().visitor
    assert (before.storage_key, before.secret) == (after.storage_key, after.secret) == ("folio-visitor", "folio")
