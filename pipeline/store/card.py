"""The results dataset's README: what ``datasets.load_dataset`` needs declared, and a page for people.

The declared features are the union of ours and those already there: a newer Folio adds columns, an older one must not
take them away, since shards that hold them are in the dataset. Everything else that its owner wrote into the README
stays.
"""

from typing import Any

import yaml

from pipeline.store.schema import COLUMNS, Column, features_yaml

DATA_FILES = "data/**/*.jsonl"
CONFIG_NAME = "default"

TEXT = """
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


def new_card(repo_id: str) -> str:
    """The README of a new results dataset."""
    return f"---\n{_front_matter({})}---\n{TEXT.replace('OWNER/NAME', repo_id)}{_table(COLUMNS)}"


def updated_card(current: str, repo_id: str) -> str:
    """``current`` with every column declared; the same text where nothing is missing."""
    front, body = _split(current)
    if front is None:
        return new_card(repo_id) + current
    wanted = _front_matter(front)
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


def _front_matter(current: dict[str, Any]) -> str:
    ours: list[dict[str, Any]] = yaml.safe_load("features:\n" + features_yaml())["features"]
    info = current.get("dataset_info")
    there = info.get("features") if isinstance(info, dict) else None
    data_files = [{"split": "train", "path": DATA_FILES}]
    front = {"pretty_name": "Folio results", "tags": ["folio"]} | current
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
