"""What a served page keeps of its callers, and what it does without any. The server runs in a process of its own, since
gradio's event loop outlives its page.
"""

import os
import subprocess
import sys
from pathlib import Path

from pipeline.settings import Settings

SCRIPT = """
import os
import time
import gradio as gr
import httpx
from gradio.queueing import Queue
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
looks, waiting = [], Queue.__len__
Queue.__len__ = lambda queue: looks.append(1) or waiting(queue)
begun = time.monotonic()
time.sleep(1)
print("looked", len(looks) <= (time.monotonic() - begun) / serving.QUEUE_LOOK_SECONDS + 1, len(looks) > 0, flush=True)
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


def test_nothing_for_callers_is_kept_without_end_and_an_idle_server_rests(settings: Settings, tmp_path: Path) -> None:
    folders = {
        "DATA_DIR": str(settings.data_dir),
        "WORK_DIR": str(settings.work_dir),
        "GRADIO_TEMP_DIR": str(tmp_path / "cache"),
    }
    command, project = [sys.executable, "-c", SCRIPT], Path(__file__).parents[3]
    done = subprocess.run(
        command, env={**os.environ, **folders}, cwd=project, capture_output=True, text=True, check=False
    )
    told = ["looked True True", "kept 3", "copied True", "swept True"]
    assert done.stdout.splitlines()[-4:] == told, done.stderr[-2000:]
