"""The tools for language models, used by the protocol's own client."""

import asyncio
import base64
import json
from pathlib import Path
from typing import Any

import httpx
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult, TextContent

from pipeline.ui.mcp_tools import TOOLS
from tests.e2e.conftest import Site, Upload

TITLE = "A Handbook for Small Tide Mills"
Calls = list[tuple[str, dict[str, Any]]]


def call(site: Site, calls: Calls) -> tuple[list[Any], list[CallToolResult]]:
    """The tools there are, and what these calls of them give, one after another."""

    async def session() -> tuple[list[Any], list[CallToolResult]]:
        async with (
            streamable_http_client(f"{site.url}gradio_api/mcp/") as (read, write, _),
            ClientSession(read, write) as client,
        ):
            await client.initialize()
            tools = (await client.list_tools()).tools
            return list(tools), [await client.call_tool(name, arguments) for name, arguments in calls]

    return asyncio.run(session())


def texts(result: CallToolResult) -> list[str]:
    return [content.text for content in result.content if isinstance(content, TextContent)]


def test_a_model_converts_a_file_and_reads_a_page(scripted: Site, upload: Upload) -> None:
    (pdf,) = upload("report")
    with pdf.open("rb") as file:
        (path,) = httpx.post(f"{scripted.url}gradio_api/upload", files={"files": file}).json()
    address = f"{scripted.url}gradio_api/file={path}"
    tools, (submitted,) = call(scripted, [("submit", {"file": address})])
    assert [tool.name for tool in tools] == list(TOOLS)
    schema = tools[0].inputSchema["properties"]
    assert schema["pages"]["description"] == "A range such as 1-3,7; empty for every page."
    assert schema["ocr"]["enum"] == ["auto", "always", "never"]
    status = json.loads(texts(submitted)[0])
    run_id = status["run_id"]
    _, (page, unknown, visitor) = call(
        scripted,
        [
            ("page", {"run_id": run_id, "page": 1}),
            ("status", {"run_id": "nosuchrun"}),
            ("submit", {"file": address, "visitor": "me"}),
        ],
    )
    assert json.loads(texts(page)[0])["run_id"] == run_id
    assert (unknown.isError, visitor.isError) == (True, True)
    assert "(run_not_found)" in texts(unknown)[0]
    assert "(visitor_malformed)" in texts(visitor)[0]


def test_a_small_file_comes_in_the_call_and_no_address_is_fetched(scripted: Site, upload: Upload) -> None:
    (pdf,) = upload("report")
    data = "data:application/pdf;base64," + base64.b64encode(pdf.read_bytes()).decode()
    secret = f"{scripted.url}gradio_api/file={Path(__file__)}"
    _, (converted, fetched, outside) = call(
        scripted,
        [
            ("convert", {"file": data}),
            ("convert", {"file": "https://example.org/a.pdf"}),
            ("convert", {"file": secret}),
        ],
    )
    markdown, status, files = texts(converted)
    assert markdown.startswith(f"# {TITLE}")
    assert json.loads(status)["status"] == "ok"
    assert all(httpx.get(file).status_code == 200 for file in json.loads(files))
    assert "(address_refused)" in texts(fetched)[0]
    assert "(address_refused)" in texts(outside)[0]
