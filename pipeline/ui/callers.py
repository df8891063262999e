"""From a request to the visitor behind it: signed-in name, browser token or network address."""

from collections.abc import Mapping

import gradio as gr

from pipeline.errors import VisitorMalformed
from pipeline.runs.visitors import TOKEN, Visitor, client_address, identify, new_token

STORAGE_KEY = "folio-visitor"
# gradio mixes this into how the browser stores the token. It is the same for everybody and no secret: it only has to
# outlast a restart of the server, so that a browser is still known afterwards. The token itself is the secret.
STORAGE_SALT = "folio"


def caller(request: gr.Request | None, token: str = "") -> Visitor:
    """Who calls an endpoint, showing ``token``. Raises VisitorMalformed."""
    return identify(user_of(request), token, _address(request))


def browser(request: gr.Request | None, token: object) -> Visitor:
    """Who uses the page. A stored token that the server cannot have made is as good as none."""
    try:
        return caller(request, token if isinstance(token, str) else "")
    except VisitorMalformed:
        return caller(request)


def browser_token(token: object) -> str:
    """The browser's own token, or a new one for a browser that has none."""
    return token if isinstance(token, str) and TOKEN.fullmatch(token) else new_token()


def user_of(request: gr.Request | None) -> str:
    """The name of whoever is signed in, empty for anybody else."""
    return str(request.username or "") if request is not None else ""


def _address(request: gr.Request | None) -> str:
    if request is None or not request.client:
        return ""
    headers: Mapping[str, str] = request.headers
    return client_address(str(request.client.host), headers.get("x-forwarded-for", "").split(","))
