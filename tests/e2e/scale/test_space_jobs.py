"""A batch job as Hugging Face Jobs, through the Hub's own client, against a stand-in that runs each Job here."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.errors import JobsNotPossible
from pipeline.scale.batch_setup import Workers
from pipeline.scale.space_jobs import JobsChoice, JobsEngine
from tests.standins.jobs import StandInJobs
from tests.support.batch_process import ROOT, rows_by_key
from tests.support.scripted_rows import item_of, setup_for, write_documents

pytestmark = [pytest.mark.xdist_group("scale"), pytest.mark.timeout(280)]

COMMAND = """
import os, sys
from tests.standins.shared_files import register
register()
from pathlib import Path
from dataclasses import replace
from pipeline.scale.batch_job import run_batch
from pipeline.scale.batch_setup import Workers
from pipeline.scale.space_jobs import JobsChoice, JobsEngine
from tests.support.scripted_rows import request_for
request = replace(request_for(Path("."), Path(".")), input="shared://in", output="shared://out", workers=Workers(2))
engine = JobsEngine(JobsChoice("cpu-basic", "someone/folio", look_seconds=0.5), os.environ["HF_TOKEN"])
outcome = run_batch(request, engine, lambda line: None)
print(outcome.rows, outcome.failed, outcome.missing)
"""


def test_jobs_share_the_work_and_a_lost_job_is_started_again(tmp_path: Path) -> None:
    with StandInJobs(tmp_path) as hub:
        said = {f"d{number:02}": f"ok {number}" for number in range(9)}
        write_documents(hub.shared / "in", **said, e1="refuse", e2="end the machine once")
        environment = {
            **os.environ,
            "HF_ENDPOINT": hub.url,
            "HF_TOKEN": hub.token,
            "SHARED_ROOT": str(hub.shared),
            "DATATROVE_COLORIZE_LOGS": "0",
        }
        command = [sys.executable, "-W", "ignore", "-c", COMMAND]
        with (tmp_path / "said.txt").open("w") as errors:
            done = subprocess.run(
                command,
                cwd=ROOT,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                timeout=250,
                check=False,
            )
        assert done.stdout.split() == ["11", "1", "0"], (tmp_path / "said.txt").read_text()[-3000:]
        jobs = [job.asked for job in hub.jobs.values()]
        stages = [job.stage for job in hub.jobs.values()]
    assert sorted(stages) == ["COMPLETED", "COMPLETED", "ERROR"]
    for asked in jobs:
        assert asked["spaceId"] == "someone/folio"
        assert asked["flavor"] == "cpu-basic"
        assert asked["timeoutSeconds"] == 12 * 3600
        assert asked["secrets"] == {"HF_TOKEN": hub.token}
        assert hub.token not in str(asked["environment"])
    assert (tmp_path / "installed.txt").read_text().splitlines()[0] == "install --quiet -r requirements-scale.txt"
    written = rows_by_key(hub.shared / "out")
    assert (len(written), set(written.values())) == (11, {1})
    files = [path for path in (hub.shared / "out").rglob("*") if path.is_file()]
    left = [path for path in files if hub.token.encode() in path.read_bytes()]
    assert left == [], "the token is in no file that the Jobs share"


def test_an_output_that_jobs_do_not_reach_is_refused(tmp_path: Path) -> None:
    engine = JobsEngine(JobsChoice("cpu-basic", "someone/folio"), "hf_token")
    with pytest.raises(JobsNotPossible, match="give a bucket"):
        next(engine.run([(item_of(tmp_path / "a.pdf"),)], setup_for(tmp_path), Workers(2)))
