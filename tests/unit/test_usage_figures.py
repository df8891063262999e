"""No library that Folio loads tells its maker that it was used."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
LOAD = "import pipeline.models.light_bundle, pipeline.ui.serve; print('loaded')"


def test_nothing_is_kept_for_sending(tmp_path: Path) -> None:
    """onnxruntime opens a database of what it will send as soon as it is imported with its switch on."""
    switches = ("ORT_DISABLE_TELEMETRY", "HF_HUB_DISABLE_TELEMETRY", "GRADIO_ANALYTICS_ENABLED")
    environment = {name: value for name, value in os.environ.items() if name not in switches}
    environment |= {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / ".cache")}
    command = [sys.executable, "-W", "ignore", "-c", LOAD]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "loaded"
    assert [str(path) for path in tmp_path.rglob("*.db*")] == []
