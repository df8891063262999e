"""Signing in with a name and a password of the owner's choice."""

import asyncio
import hashlib
import hmac
from collections.abc import Awaitable, Callable

from pipeline.settings import Settings

REFUSAL_SECONDS = 1.0  # between a wrong password and its answer, so that guessing is slow

Check = Callable[[str, str], Awaitable[bool]]


def password_check(settings: Settings) -> Check | None:
    """Tells whether a name and a password belong together; None where nobody has to sign in."""
    pairs = tuple(pair.strip().partition(":")[::2] for pair in settings.auth.split(",") if pair.strip())
    if not pairs:
        return None

    async def check(name: str, password: str) -> bool:
        fits = False
        for known_name, known_password in pairs:  # every pair, each in a time that does not depend on where it differs
            fits |= same_text(name, known_name) & same_text(password, known_password)
        if not fits:
            await asyncio.sleep(REFUSAL_SECONDS)
        return fits

    return check


def same_text(given: str, known: str) -> bool:
    """Compare by digest, so that the lengths of the two do not show either."""
    digests = (hashlib.sha256(text.encode("utf-8", errors="surrogatepass")).digest() for text in (given, known))
    return hmac.compare_digest(*digests)
