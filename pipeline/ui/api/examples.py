"""How a program uses this Space, as the page shows it. ``ADDRESS`` stands for the address of the running app, which the
browser fills in.
"""

PYTHON = """\
# pip install gradio_client
import time

from gradio_client import Client, handle_file

client = Client("ADDRESS")
run = client.predict(
    handle_file("report.pdf"),
    pages="1-3",
    api_name="/submit",
)
while run["status"] in ("queued", "running"):
    time.sleep(2)
    run = client.predict(run["run_id"], api_name="/status")
markdown, status, files = client.predict(
    run["run_id"], api_name="/result"
)
print(markdown)
"""

CURL = """\
API=ADDRESS/gradio_api
JSON='Content-Type: application/json'
FILE=$(curl -s -F files=@report.pdf $API/upload \\
  | cut -d'"' -f2)
EVENT=$(curl -s -H "$JSON" $API/call/v2/convert -d '{
    "file": {"path": "'$FILE'",
      "meta": {"_type": "gradio.FileData"}},
    "pages": "1-3"}' | cut -d'"' -f4)
curl -sN $API/call/convert/$EVENT
"""

TOOLS = """\
ADDRESS/gradio_api/mcp/
"""
