"""Languages of scanned text: their codes, their scripts, and which recogniser reads them.

PP-OCR reads Latin, Chinese and Japanese. Other scripts are read by Tesseract, whose data for each language is a Debian
package of its own. Codes are Tesseract's (ISO 639-3 with exceptions); the two-letter codes of ISO 639-1 are understood.
"""

from dataclasses import dataclass
from types import MappingProxyType

from pipeline.errors import LanguageUnknown


@dataclass(frozen=True, slots=True)
class Language:
    """A language of another script than PP-OCR's.

    ``script`` is the script's name as Tesseract's script detection gives it; ``letters`` are letters that tell the
    language from others of its script.
    """

    code: str
    short: str
    name: str
    script: str
    letters: str = ""

    @property
    def package(self) -> str:
        """The Debian package with its data."""
        return f"tesseract-ocr-{self.code}"


LANGUAGES = (
    Language("ara", "ar", "Arabic", "Arabic"),
    Language("fas", "fa", "Persian", "Arabic", "پچژگ"),
    Language("urd", "ur", "Urdu", "Arabic", "ٹڈڑںےہ"),
    Language("hye", "hy", "Armenian", "Armenian"),
    Language("ben", "bn", "Bengali", "Bengali"),
    Language("rus", "ru", "Russian", "Cyrillic", "ыэё"),
    Language("ukr", "uk", "Ukrainian", "Cyrillic", "іїєґ"),
    Language("bul", "bg", "Bulgarian", "Cyrillic"),
    Language("srp", "sr", "Serbian", "Cyrillic", "ђјљњћџ"),
    Language("bel", "be", "Belarusian", "Cyrillic", "ў"),
    Language("mkd", "mk", "Macedonian", "Cyrillic", "ѓќѕ"),
    Language("hin", "hi", "Hindi", "Devanagari"),
    Language("mar", "mr", "Marathi", "Devanagari", "ळ"),
    Language("nep", "ne", "Nepali", "Devanagari"),
    Language("amh", "am", "Amharic", "Ethiopic"),
    Language("kat", "ka", "Georgian", "Georgian"),
    Language("ell", "el", "Greek", "Greek"),
    Language("guj", "gu", "Gujarati", "Gujarati"),
    Language("pan", "pa", "Punjabi", "Gurmukhi"),
    Language("heb", "he", "Hebrew", "Hebrew"),
    Language("yid", "yi", "Yiddish", "Hebrew", "ײױװ"),
    Language("kan", "kn", "Kannada", "Kannada"),
    Language("khm", "km", "Khmer", "Khmer"),
    Language("kor", "ko", "Korean", "Korean"),
    Language("lao", "lo", "Lao", "Lao"),
    Language("mal", "ml", "Malayalam", "Malayalam"),
    Language("mya", "my", "Burmese", "Myanmar"),
    Language("ori", "or", "Odia", "Oriya"),
    Language("sin", "si", "Sinhala", "Sinhala"),
    Language("tam", "ta", "Tamil", "Tamil"),
    Language("tel", "te", "Telugu", "Telugu"),
    Language("tha", "th", "Thai", "Thai"),
    Language("bod", "bo", "Tibetan", "Tibetan"),
)
BY_CODE = MappingProxyType({language.code: language for language in LANGUAGES})
LATIN = frozenset({"Latin", "Fraktur"})
READ_BY_PP_OCR = LATIN | frozenset({"Han", "HanS", "HanT", "Hiragana", "Katakana", "Japanese"})
"""Names of scripts, as Tesseract's script detection gives them, that PP-OCR reads."""

# ISO 639-1 → ISO 639-3 of the languages that PP-OCR is asked for.
PP_OCR_LANGUAGES = MappingProxyType(
    {
        "af": "afr", "az": "aze", "bs": "bos", "ca": "cat", "cs": "ces", "cy": "cym", "da": "dan", "de": "deu", "en":
        "eng", "es": "spa", "et": "est", "eu": "eus", "fi": "fin", "fr": "fra", "ga": "gle", "gl": "glg", "hr": "hrv",
        "hu": "hun", "id": "ind", "is": "isl", "it": "ita", "ja": "jpn", "la": "lat", "lb": "ltz", "lt": "lit", "lv":
        "lav", "ms": "msa", "mt": "mlt", "nl": "nld", "no": "nor", "oc": "oci", "pl": "pol", "pt": "por", "ro": "ron",
        "sk": "slk", "sl": "slv", "sq": "sqi", "sv": "swe", "sw": "swa", "tr": "tur", "uz": "uzb", "vi": "vie", "zh":
        "zho",
    }
)  # fmt: skip
_CODES = MappingProxyType(
    {language.short: language.code for language in LANGUAGES}
    | {language.code: language.code for language in LANGUAGES}
    | dict(PP_OCR_LANGUAGES)
    | {code: code for code in PP_OCR_LANGUAGES.values()}
    | {"chi_sim": "zho", "chi_tra": "zho", "iw": "heb"}
)


def language_codes(text: str) -> tuple[str, ...]:
    """The codes of the languages that ``text`` names by codes of two or three letters, with commas or blanks between
    them; each once, in order.

    Raises LanguageUnknown where a name is none of them.
    """
    names = text.replace(",", " ").casefold().replace("-", "_").split()
    for name in names:
        if name not in _CODES:
            raise LanguageUnknown(name)
    return tuple(dict.fromkeys(_CODES[name] for name in names))
