"""Takes the Hub's token out of the server's environment before anything else is loaded.

Deleting a variable is not enough: Linux keeps the environment that a process started with readable in ``/proc``, for every
process of the same user, the parse child included. So the server starts itself once more without the token, and hands it to
the second start through a pipe that holds it until it is read.
"""

import os
import sys

TOKEN_VARIABLES = ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN")
PIPE_VARIABLE = "FOLIO_TOKEN_PIPE"


def take_token() -> str:
    """The token, empty where there is none. With a token in the environment this does not return: the program starts again."""
    if pipe := os.environ.pop(PIPE_VARIABLE, ""):
        with open(int(pipe), encoding="utf-8") as handed:
            return handed.read()
    found = [os.environ.pop(name, "") for name in TOKEN_VARIABLES]
    token = next((value for value in found if value), "")
    if token:
        _start_again(token)
    return ""


def token_pipe(token: str) -> int:
    """The end to read the token from, which a process may inherit; closing it is the caller's business."""
    reading, writing = os.pipe()
    os.write(writing, token.encode())  # a pipe holds 64 KiB, so this does not wait for a reader
    os.close(writing)
    return reading


def _start_again(token: str) -> None:
    reading = token_pipe(token)
    os.set_inheritable(reading, True)
    os.execve(sys.executable, sys.orig_argv, {**os.environ, PIPE_VARIABLE: str(reading)})  # noqa: S606  the same program again
