"""The root of the error tree."""

from typing import ClassVar


class FolioError(Exception):
    """Base of the tree.

    ``code`` is stable and machine-readable; ``retryable`` says whether the same request can succeed later unchanged;
    ``sentence`` is the message of a class that needs no numbers in it.
    """

    code: ClassVar[str] = "folio"
    retryable: ClassVar[bool] = False
    sentence: ClassVar[str] = ""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or self.sentence)
        self.message = message or self.sentence


class SettingsError(FolioError):
    """A setting is malformed or out of range; the app does not start."""

    code = "settings"
