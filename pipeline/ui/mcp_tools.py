"""The endpoints of runs as tools for language models, by gradio's own MCP server.

The server calls the endpoints over HTTP as any other program does, so the same limits, queue and sentences hold. A PDF
comes as the address of an upload on this server, as a data URI below the limit of a request's body, or by its address
on the web, which has a parameter of its own. gradio offers every public endpoint; here the tools are cut down to those
that work on runs.
"""

import json
from collections.abc import Collection
from typing import Any

import gradio as gr

from pipeline.runs.visitors import client_address
from pipeline.ui.guard import App, Receive, Scope, Send

ROUTE = "/gradio_api/mcp"
TOOLS = (
    *("convert", "submit", "status", "page", "result", "cancel", "resume", "repair", "accept", "delete"),
    *("estimate", "limits"),
)


def settle_tools(page: gr.Blocks, names: Collection[str] = TOOLS) -> None:
    """Leave the launched page's MCP server the tools of these endpoints, described by their parameters' meanings, and
    let them answer with JSON. Does nothing where there is no server.
    """
    server = page.mcp_server_obj
    if server is None:
        return
    server.tool_to_endpoint = {
        tool: endpoint for tool, endpoint in server.tool_to_endpoint.items() if endpoint.lstrip("/") in names
    }
    schema, content = server.get_input_schema, server.postprocess_output_data

    def described(tool: str, parameters: dict[str, str] | None = None) -> Any:
        return schema(tool)  # the components' descriptions; gradio would replace them by those of a docstring

    def as_json(data: list[Any], root_url: str) -> Any:
        values = data[0] if len(data) == 1 and isinstance(data[0], list | tuple) else data
        return content([_text(value) for value in values], root_url)

    setattr(server, "get_input_schema", described)  # noqa: B010  a method is replaced on the instance alone
    setattr(server, "postprocess_output_data", as_json)  # noqa: B010


def _text(value: Any) -> str:
    if isinstance(value, list):
        value = [item["url"] if isinstance(item, dict) and "url" in item else item for item in value]
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


class ForwardedCaller:
    """ASGI middleware: names the caller of a tool to the call that the MCP server makes for it.

    That call comes from this machine, so it is counted by the address that stands in X-Forwarded-For. What a caller
    without a proxy wrote there itself is replaced.
    """

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and str(scope["path"]).startswith(ROUTE):
            scope = {**scope, "headers": _with_address(scope)}
        await self._app(scope, receive, send)


def _with_address(scope: Scope) -> list[tuple[bytes, bytes]]:
    name = b"x-forwarded-for"
    forwarded = b",".join(value for header, value in scope["headers"] if header == name).decode("latin-1").split(",")
    peer = scope.get("client")
    address = client_address(str(peer[0]) if peer else "", forwarded)
    others = [(header, value) for header, value in scope["headers"] if header != name]
    return [*others, (name, address.encode("latin-1", "replace"))]
