"""A dataset of the Hub as the input of a batch job, through the Hub's own client, against the stand-in."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from huggingface_hub import HfApi

from tests.unit.store.hubs import PROJECT, standin_hub

PROGRAM = """
import json, sys
from pathlib import Path
from pipeline.scale.document_sources import DocumentFetcher, find_documents
place, folder = sys.argv[1], Path(sys.argv[2])
print(json.dumps({uri: DocumentFetcher().fetch(uri, folder).read_text() for uri in find_documents(place)}))
"""


def test_files_and_rows_of_a_dataset_are_found_and_fetched(tmp_path: Path) -> None:
    table = io.BytesIO()
    pq.write_table(pa.table({"pdf": [{"bytes": b"%PDF row", "path": "row.pdf"}]}), table)
    with standin_hub(tmp_path / "home") as hub:
        assert hub.standin is not None
        for name, files in {
            "tester/files": {"deep/a.pdf": b"%PDF a", "b.PDF": b"%PDF b", "notes.txt": b"no document"},
            "tester/rows": {"data/train-0.parquet": table.getvalue()},
        }.items():
            HfApi(endpoint=hub.url, token=hub.token).create_repo(name, repo_type="dataset", private=True)
            hub.standin.repos[name].push(files, "documents")
        assert documents(hub.environment(), "hf://datasets/tester/files", tmp_path) == {
            "hf://datasets/tester/files/b.PDF": "%PDF b",
            "hf://datasets/tester/files/deep/a.pdf": "%PDF a",
        }
        assert documents(hub.environment(), "hf://datasets/tester/rows", tmp_path) == {
            "hf://datasets/tester/rows/data/train-0.parquet#0": "%PDF row"
        }


def documents(environment: dict[str, str], place: str, folder: Path) -> dict[str, str]:
    """What a process finds and fetches there; one of its own, since the Hub's address is read at import."""
    command = [sys.executable, "-c", PROGRAM, place, str(folder)]
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, str] = json.loads(done.stdout)
    return found
