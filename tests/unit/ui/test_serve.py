"""What a served page keeps of its callers. The server runs in a process of its own, since gradio's event loop outlives
its page.
"""

import os
import subprocess
import sys
from pathlib import Path

from pipeline.settings import Settings

SCRIPT = """
import os
import gradio as gr
import httpx
from gradio.route_utils import delete_files_created_by_app
from pipeline.settings import EXAMPLE, read_settings
from pipeline.ui import serve as serving
from pipeline.ui.convert.downloads import served_example

serving.SESSIONS = 3
copies = []

def shout(word):
    copies.append(served_example(EXAMPLE))
    return word.upper()

with gr.Blocks(analytics_enabled=False) as page:
    text = gr.Textbox()
    text.change(shout, text, text, api_name="shout")
url = serving.serve(page, read_settings(os.environ), block=False)
for word in "abcdef":
    event = httpx.post(f"{url}gradio_api/call/shout", json={"data": [word]}).raise_for_status().json()["event_id"]
    assert word.upper() in httpx.get(f"{url}gradio_api/call/shout/{event}").text
print("kept", len(page.state_holder.session_data), flush=True)
delete_files_created_by_app(page, 3600)
print("copied", copies[0].is_file(), flush=True)
delete_files_created_by_app(page, None)
print("swept", not copies[0].exists(), flush=True)
os._exit(0)
"""


def test_neither_callers_nor_copies_for_them_are_kept_without_end(settings: Settings, tmp_path: Path) -> None:
    folders = {
        "DATA_DIR": str(settings.data_dir),
        "WORK_DIR": str(settings.work_dir),
        "GRADIO_TEMP_DIR": str(tmp_path / "cache"),
    }
    command, project = [sys.executable, "-c", SCRIPT], Path(__file__).parents[3]
    done = subprocess.run(
        command, env={**os.environ, **folders}, cwd=project, capture_output=True, text=True, check=False
    )
    assert done.stdout.splitlines()[-3:] == ["kept 3", "copied True", "swept True"], done.stderr[-2000:]
