"""Text of strangers keeps to one line and carries no controls."""

from pipeline.ui.plain_text import file_name, plain


def test_controls_and_lone_surrogates_go() -> None:
    assert plain("a\x00b\x1b[31mc\ud800d\u202ee\tf\n") == "ab[31mcde\tf\n"


def test_file_names_fit_one_line() -> None:
    assert file_name("a\nb\u202e\u2066.pdf") == "ab.pdf"
    assert file_name("") == "document.pdf"
    assert file_name("x" * 200 + ".pdf", limit=20) == "x" * 11 + "…" + "xxxx.pdf"
