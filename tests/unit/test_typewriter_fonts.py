"""What the names of fonts say about the widths of their characters."""

import pytest

from pipeline.typewriter_fonts import is_typewriter


@pytest.mark.parametrize(
    "name",
    [
        *("/CMTT10", "/ABCDEF+CMSLTT10", "/CMITT10", "/LMMono10-Regular", "/SFTT1000", "/t1xtt", "/LinLibertineMO"),
        *("/CourierNewPSMT", "/Consolas", "/LucidaConsole", "/NimbusMonL-Regu", "/BeraSansMono-Roman", "/Monaco"),
        *("/SourceCodePro-Medium", "/Inconsolatazi4-Bold", "/FiraCode-Retina", "/CascadiaCode", "/OCRB10PitchBT"),
    ],
)
def test_fonts_of_one_width_are_known_by_name(name: str) -> None:
    assert is_typewriter(name)


@pytest.mark.parametrize(
    "name", ["/MonotypeCorsiva", "/CMR10", "/CMVTT10", "/SFRM1000", "/LinLibertineO", "/Baskerville-Text", "/Garamond"]
)
def test_other_fonts_are_none(name: str) -> None:
    assert not is_typewriter(name)
