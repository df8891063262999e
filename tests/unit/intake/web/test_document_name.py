"""What a fetched document is called, whatever the other side says."""

import pytest

from pipeline.intake.web.document_name import NAME_BYTES, document_name


@pytest.mark.parametrize(
    ("disposition", "path", "name"),
    [
        ("", "/papers/tides.pdf", "tides.pdf"),
        ("", "/pdf/2408.09869", "2408.09869.pdf"),
        ("", "/pdf/2408.09869v5.PDF", "2408.09869v5.pdf"),
        ("", "/a%20report%20(2).pdf", "a report (2).pdf"),
        ("", "/", "document.pdf"),
        ("", "", "document.pdf"),
        ("", "/papers/", "papers.pdf"),
        ("", "/größe.pdf", "größe.pdf"),
        ("inline", "/download", "download.pdf"),
        ('attachment; filename="tides.pdf"', "/download", "tides.pdf"),
        ("attachment; filename=tides", "/download", "tides.pdf"),
        ("attachment; filename=x.pdf; filename*=UTF-8''%e6%bd%ae%e6%b1%90.pdf", "/download", "潮汐.pdf"),
        ('attachment; filename="../../etc/passwd"', "/x", "passwd.pdf"),
        ('attachment; filename="C:\\\\temp\\\\tides.pdf"', "/x", "tides.pdf"),
        ("attachment; filename*=UTF-8''..%2f..%2fetc%2fpasswd", "/x", "passwd.pdf"),
        ('attachment; filename=".."', "/x", "document.pdf"),
        ("", "/%2e%2e", "document.pdf"),
        ('attachment; filename=".hidden"', "/x", "hidden.pdf"),
        ('attachment; filename="a\x00b\u202egnp.pdf"', "/x", "a_b_gnp.pdf"),
        ('attachment; filename="<img src=x onerror=alert(1)>.pdf"', "/x", "_img src_x onerror_alert(1)_.pdf"),
        ("attachment; filename*=no-such-charset''%ff.pdf", "/x", "ÿ.pdf"),
        ("attachment; filename*0*=x; filename*1*=", "/x", "x.pdf"),
        ("attachment; filename*0=x; filename*=UTF-8''y", "/tides.pdf", "tides.pdf"),
        pytest.param(f"attachment; filename*{'9' * 5000}=x", "/tides.pdf", "tides.pdf", id="part of many digits"),
        ("attachment; filename*=punycode''%ff.pdf", "/tides.pdf", "tides.pdf"),
        ("attachment; filename*=a%00b''x.pdf", "/tides.pdf", "tides.pdf"),
        (";;;=;\r\n filename==", "/tides.pdf", "_.pdf"),
    ],
)
def test_names(disposition: str, path: str, name: str) -> None:
    assert document_name(disposition, path) == name


def test_a_long_name_is_cut_between_letters() -> None:
    name = document_name("", f"/{'潮' * 300}.pdf")
    assert len(name.encode()) <= NAME_BYTES + len(".pdf")
    assert set(name.removesuffix(".pdf")) == {"潮"}
