"""A page whose parts have the words of the visitor's language from the first moment on.

gradio sends every visitor the same description of the page, made when it is launched. Here there is one for each
language, and the language of the request that asks for it decides: ``SpokenRequests`` reads that from its header.
"""

from typing import Any, cast

import gradio as gr
from gradio.data_classes import BlocksConfigDict
from starlette.datastructures import MutableHeaders

from pipeline.ui.catalogue import ENGLISH, LANGUAGES, language, speaking, wanted
from pipeline.ui.convert.part_words import PartWords
from pipeline.ui.guard import App, Message, Receive, Scope, Send

DESCRIBED = ("", "/", "/config")  # the routes that answer with the page's description


class SpokenPage(gr.Blocks):
    """``words`` are those of the parts, which are built in English."""

    def __init__(self, words: PartWords, **settings: Any) -> None:
        self._words = words
        self._descriptions: dict[str, BlocksConfigDict] = {}
        super().__init__(**settings)

    @property
    def config(self) -> BlocksConfigDict:
        """The description in the language in force."""
        return self._descriptions[language()]

    @config.setter
    def config(self, described: BlocksConfigDict) -> None:
        self._descriptions = {name: self._translated(described, name) for name in LANGUAGES if name != ENGLISH}
        self._descriptions[ENGLISH] = described

    def _translated(self, described: BlocksConfigDict, name: str) -> BlocksConfigDict:
        with speaking(name):
            words = self._words.properties()
        parts = [
            {**part, "props": {**part["props"], **words[part["id"]]}} if part["id"] in words else part
            for part in described["components"]
        ]
        return cast(BlocksConfigDict, {**described, "components": parts})


class SpokenRequests:
    """ASGI middleware: the page is described in the language that the browser prefers."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] not in DESCRIBED:
            await self._app(scope, receive, send)
            return

        async def varying(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).add_vary_header("Accept-Language")
            await send(message)

        accepted = b",".join(value for name, value in scope["headers"] if name == b"accept-language")
        with speaking(wanted(accepted.decode("latin-1"))):
            await self._app(scope, receive, varying)
