"""A dataset's README: what ``datasets.load_dataset`` needs declared, and a page for people.

The declared features are the union of ours and those already there: a newer Folio adds columns, an older one must not
take them away, since shards that hold them are in the dataset. Everything else that its owner wrote into the README
stays.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from pipeline.store.schema import Column, features_yaml

DATA_FILES = "data/**/*.jsonl"
CONFIG_NAME = "default"


@dataclass(frozen=True, slots=True)
class DatasetKind:
    """One kind of dataset: the name that its repository has unless it is told another, its title, the text of its page
    (``OWNER/NAME`` stands for the repository), its columns, the line of its first row, and what its rows are called.
    """

    name: str
    title: str
    text: str
    columns: tuple[Column, ...]
    seed: bytes
    row_name: str


RESULTS_TEXT = """
# Folio results

Every conversion of a Folio Space leaves its record here: what was asked, how long it took, how each page ended. There
is no text of a document, no file name and no visitor in it.

```python
from datasets import load_dataset

rows = load_dataset("OWNER/NAME", split="train")
```

A run that was still going when its record was sent has a row with status `running`, and later one with its end; the
daily compaction leaves the end only. To be exact before that, prefer the row whose status is not `running` for each
`iteration_id`.
One row of kind `seed` is no run: it makes the dataset loadable before the first one.

| column | type | meaning |
|---|---|---|
"""


def new_card(repo_id: str, kind: DatasetKind) -> str:
    """The README of a new dataset."""
    return f"---\n{_front_matter({}, kind)}---\n{kind.text.replace('OWNER/NAME', repo_id)}{_table(kind.columns)}"


def updated_card(current: str, repo_id: str, kind: DatasetKind) -> str:
    """``current`` with every column declared; the same text where nothing is missing."""
    front, body = _split(current)
    if front is None:
        return new_card(repo_id, kind) + current
    wanted = _front_matter(front, kind)
    if yaml.safe_load(wanted) == front:
        return current
    return f"---\n{wanted}---\n{body}"


def _split(text: str) -> tuple[dict[str, Any] | None, str]:
    head, marker, rest = text.removeprefix("\ufeff").partition("---\n")
    front, end, body = rest.partition("\n---\n")
    if head.strip() or not marker or not end:
        return None, text
    try:
        parsed = yaml.safe_load(front)
    except yaml.YAMLError:
        return None, body
    return (parsed, body) if isinstance(parsed, dict) else (None, body)


def canonical_json(value: object) -> str:
    """JSON with sorted keys and no spaces, so that equal values have equal text."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def canonical_line(row: Mapping[str, Any]) -> bytes:
    """A row as one line of a JSONL shard, newline included."""
    return canonical_json(row).encode("utf-8", errors="replace") + b"\n"


def empty_row(columns: tuple[Column, ...]) -> dict[str, Any]:
    """A row in which every column is null where it may be, and else empty, zero or the year 1970."""
    return {column.name: _empty(column) for column in columns}


def _empty(column: Column) -> object:
    if column.nullable:
        return None
    if column.type == "struct":
        return empty_row(column.fields)
    values: Mapping[str, object] = {
        "list": [],
        "string": "",
        "bool": False,
        "timestamp[ms, tz=UTC]": "1970-01-01T00:00:00.000Z",
    }
    return values.get(column.type, 0)


def _front_matter(current: dict[str, Any], kind: DatasetKind) -> str:
    ours: list[dict[str, Any]] = yaml.safe_load("features:\n" + features_yaml(kind.columns))["features"]
    info = current.get("dataset_info")
    there = info.get("features") if isinstance(info, dict) else None
    data_files = [{"split": "train", "path": DATA_FILES}]
    front = {"pretty_name": kind.title, "tags": ["folio"]} | current
    front["configs"] = [{"config_name": CONFIG_NAME, "data_files": data_files}]
    front["dataset_info"] = {"config_name": CONFIG_NAME, "features": _union(ours, there)}
    return str(yaml.safe_dump(front, sort_keys=False, allow_unicode=True, width=1000))


def _union(ours: list[dict[str, Any]], there: object) -> list[dict[str, Any]]:
    """Our features, and after them those that only the other list declares; fields of structs and lists likewise."""
    known = {feature["name"] for feature in ours}
    others = [feature for feature in there if isinstance(feature, dict)] if isinstance(there, list) else []
    by_name = {feature.get("name"): feature for feature in others}
    merged = [_with_fields_of(feature, by_name.get(feature["name"], {})) for feature in ours]
    return merged + [feature for feature in others if feature.get("name") not in known]


def _with_fields_of(ours: dict[str, Any], there: dict[str, Any]) -> dict[str, Any]:
    kind = next((kind for kind in ("struct", "list") if isinstance(ours.get(kind), list)), None)
    return ours if kind is None else ours | {kind: _union(ours[kind], there.get(kind))}


def _table(columns: tuple[Column, ...], prefix: str = "") -> str:
    lines = []
    for column in columns:
        if not column.name:
            continue
        lines.append(f"| `{prefix}{column.name}` | {column.type} | {column.meaning} |\n")
        lines.append(_table(column.fields, f"{prefix}{column.name}."))
    return "".join(lines)
