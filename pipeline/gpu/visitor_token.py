"""How long a visitor's token for GPU calls lives, told in the log once.

All calls of a run are made with the request of its submission, whose token the platform's proxy put into the header
``X-IP-Token``: a JWT with the time of its end in ``exp`` (RFC 7519, section 4.1.4). How long that is, Hugging Face does
not document. A run that outlives its token goes on on the CPU or is continued.
"""

import logging
from time import time

from spaces.utils import gradio_request_var
from spaces.zero.utils import jwt_payload

HEADER = "x-ip-token"
_log = logging.getLogger(__name__)
_seen: list[float] = []  # the first lifetime


def note_lifetime() -> None:
    """Write into the log for how many seconds the token of the calling thread's request is valid, the first time there
    is one. Neither the token nor the visitor is written.
    """
    request = gradio_request_var().get(None)
    token = "" if request is None else str(request.headers.get(HEADER) or "")
    if _seen or not token:
        return
    try:
        left = float(jwt_payload(token)["exp"]) - time()
    except (ValueError, KeyError, TypeError, IndexError):
        return
    _seen.append(left)
    _log.warning("a visitor's token for GPU calls is valid for %.0f s after it was sent", left)
