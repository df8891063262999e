"""The README of a batch job's output: where ``datasets.load_dataset`` finds the tables, and a page for people."""

from typing import Any

import pyarrow as pa
import yaml

from pipeline.scale.document_row import PICTURES, ROWS

TEXT = """
# A batch job of Folio

```python
from datasets import load_dataset

rows = load_dataset("THIS FOLDER", "documents", split="train")
```

`documents` has a row for each document that was converted, or for each range of pages of a long one. `dead_letters` has
the same columns, for what was refused, failed or was cut short by a limit. Of a key that is in both, the row in
`documents` is the later attempt. `pictures` is there where it was asked for.

Page `page_numbers[i]` begins at character `page_offsets[i]` of `markdown`. The parts of a document that was split have
its own page numbers; `DoclingDocument.concatenate` joins their JSON.

"""


def batch_card(batch_id: str) -> str:
    """The README of the batch job with this id."""
    configs: list[dict[str, Any]] = [
        {"config_name": name, "data_files": [{"split": "train", "path": f"{name}/*.parquet"}]}
        for name in ("documents", "dead_letters", "pictures")
    ]
    configs[0]["default"] = True
    front = yaml.safe_dump({"tags": ["folio"], "configs": configs}, sort_keys=False)
    tables = f"{_table('column', ROWS)}\n{_table('of a picture', PICTURES)}"
    return f"---\n{front}---\n{TEXT}Batch job `{batch_id}`.\n\n{tables}"


def _table(name: str, schema: pa.Schema) -> str:
    lines = [f"| {name} | type | meaning |", "|---|---|---|"]
    lines += [f"| `{field.name}` | {field.type} | {field.metadata[b'meaning'].decode()} |" for field in schema]
    return "\n".join(lines) + "\n"
