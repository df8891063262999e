"""Takes the Hub's token and all passwords out of the server's environment before anything else is loaded.

Deleting a variable is not enough: Linux keeps the environment that a process started with readable in ``/proc``, for
every process of the same user, the parse child included. So the server starts itself once more without them, and hands
them to the second start through a pipe that holds them until they are read.
"""

import os
import sys
from dataclasses import dataclass

TOKEN_VARIABLES = ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN")
AUTH_VARIABLE = "AUTH"
OWNER_VARIABLE = "OWNER_PASSWORD"
PIPE_VARIABLE = "FOLIO_TOKEN_PIPE"


@dataclass(frozen=True, slots=True, repr=False)
class Secrets:
    """The Hub's token, and the settings that hold passwords; empty where there is none."""

    token: str = ""
    auth: str = ""
    owner_password: str = ""

    @property
    def settings(self) -> dict[str, str]:
        """Those that are settings, by their variable."""
        return {AUTH_VARIABLE: self.auth, OWNER_VARIABLE: self.owner_password}


def take_secrets() -> Secrets:
    """What the environment held. Where it still holds a secret this does not return: the program starts again."""
    if pipe := os.environ.pop(PIPE_VARIABLE, ""):
        with open(int(pipe), encoding="utf-8") as handed:
            token, _, passwords = handed.read().partition("\n")
        owner_password, _, auth = passwords.partition("\n")  # AUTH may hold line ends, and so is the last
        return Secrets(token, auth, owner_password)
    found = [os.environ.pop(name, "") for name in TOKEN_VARIABLES]
    token = next((value for value in found if value), "").strip()
    owner_password, auth = os.environ.pop(OWNER_VARIABLE, "").strip(), os.environ.pop(AUTH_VARIABLE, "")
    if token or auth or owner_password:
        _start_again(f"{token}\n{owner_password}\n{auth}")
    return Secrets()


def take_token() -> str:
    """The token alone, for a process that lets nobody in."""
    return take_secrets().token


def token_pipe(token: str) -> int:
    """The end to read the token from, which a process may inherit; closing it is the caller's business."""
    reading, writing = os.pipe()
    os.write(writing, token.encode())  # a pipe holds 64 KiB, so this does not wait for a reader
    os.close(writing)
    return reading


def _start_again(secrets: str) -> None:
    reading = token_pipe(secrets)
    os.set_inheritable(reading, True)
    variables = {**os.environ, PIPE_VARIABLE: str(reading)}
    os.execve(sys.executable, sys.orig_argv, variables)  # noqa: S606  the same program again
