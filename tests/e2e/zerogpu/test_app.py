"""``app.py`` itself in ZeroGPU mode, with a token for the Hub in its environment."""

from pathlib import Path

from tests.e2e.conftest import serve
from tests.e2e.zerogpu.space import LONG_SECOND, Space, convert, descendants, visit
from tests.standins.zerogpu.__main__ import environment
from tests.standins.zerogpu.device_api import DeviceApi
from tests.standins.zerogpu.scheduler import Limits

TOKEN = "hf_" + "Zq3" * 11


def test_the_app_starts_again_without_its_token_and_converts_on_the_gpu(tmp_path: Path, documents: Path) -> None:
    with DeviceApi(Limits(second=LONG_SECOND)) as api:
        mode = environment(tmp_path, api.url, base={})
        hub = {"HF_TOKEN": TOKEN, "HF_ENDPOINT": "http://127.0.0.1:9", "RESULTS_DATASET": "someone/results"}
        with serve(tmp_path, ["-m", "tests.standins.zerogpu", "app.py"], executed=True, **mode, **hub) as site:
            space = Space(site, api, tmp_path / "inferred")
            assert len(api.asked("startup-report")) == 1
            with visit(space, tmp_path, "ann") as client:
                told = convert(client, documents / "manual.pdf", pages="2")
            assert (told.status["status"], told.status["pages_done"]) == ("ok", 1)
            assert told.status["engines"][0] == {"task": "layout", "model": "PP-PicoDet CDLA", "engine": "torch"}
            (record,) = space.records
            (grant,) = api.grants
            assert (record.gpu.calls, record.gpu.booked_seconds, record.bundle) == (1, grant.booking.seconds, "light")
            family = descendants(site.process.pid)
            holders = [pid for pid in family if TOKEN.encode() in Path(f"/proc/{pid}/environ").read_bytes()]
            assert (len(family) > 3, holders) == (True, [])
            assert TOKEN not in site.log.read_text()
