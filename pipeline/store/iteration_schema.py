"""The workers' datasets: their columns, which are the fields of ``WorkerIteration``, and their pages for people.

All four have the same columns, so that one program reads them all. As in the results dataset (``schema.py``) a column
may be added, and never be renamed, removed or change its type.
"""

from pipeline.store.card import DatasetKind, canonical_line, empty_row
from pipeline.store.schema import Column
from pipeline.worker_iterations import ITERATION_SCHEMA, Role

EVIDENCE = Column("evidence", "list", "runs that show it", fields=(
    Column("record_id", "string", "`iteration_id` of the run in the results dataset"),
    Column("pages", "list", "its pages in question; empty means all", fields=(Column("", "int32", "page number"),)),
))  # fmt: skip

ITERATION_COLUMNS: tuple[Column, ...] = (
    Column("role", "string", "`inbox`, `analysis`, `test-planning` or `tuning`; empty in a new dataset's first row"),
    Column("iteration", "int64", "from 1, without a gap; 0 in a new dataset's first row"),
    Column("started_at", "timestamp[ms, tz=UTC]", "when it began"),
    Column("duration_ms", "int64", "how long it took"),
    Column("status", "string", "`ok`, `idle` where there was nothing new, `error`; `seed` in the first row"),
    Column("summary", "string", "one sentence"),
    Column("perspective", "string", "what the records were looked at for; empty for a tuning worker"),
    Column("stage", "string", "stage of a tuning idea; empty for other workers"),
    Column("source", "string", "where the records came from"),
    Column("app", "string", "version of Folio"),
    Column("findings", "list", "what this iteration found", fields=(
        Column("kind", "string", "stable name of what was measured"),
        Column("subject", "string", "what it was measured on"),
        Column("sentence", "string", "the finding in words"),
        Column("value", "float64", "the number"),
        Column("baseline", "float64", "the number it is compared with"),
        Column("unit", "string", "unit of both"),
        Column("p_value", "float64", "chance of such a difference without a cause, corrected for all that was tested"),
        Column("severity", "string", "`info`, `warning` or `severe`"),
        Column("runs", "int64", "documents that the value rests on"),
        Column("trend_per_day", "float64", "change of the value in a day"),
        EVIDENCE,
    )),
    Column("cumulative_insights", "list", "what all iterations found together", fields=(
        Column("key", "string", "kind and subject of its findings"),
        Column("sentence", "string", "the newest finding in words"),
        Column("severity", "string", "`info`, `warning` or `severe`"),
        Column("first_iteration", "int64", "the first that found it"),
        Column("last_iteration", "int64", "the last that found it"),
        Column("times", "int64", "how many did"),
    )),
    Column("cases", "list", "planned tests; `make test-planned` runs them", fields=(
        Column("case_id", "string", "equal for equal cases"),
        Column("perspective", "string", "what called for it"),
        Column("recipe", "string", "JSON: how the document is generated"),
        Column("invariants", "string", "JSON: what its conversion must satisfy"),
        Column("why", "string", "one sentence"),
        Column("traits", "list", "of the document", fields=(Column("", "string", "trait"),)),
        EVIDENCE,
    )),
    Column("state", "string", "JSON: what the worker needs to go on"),
    Column("error", "string", "error code where the status is `error`, else empty"),
    Column("schema_version", "int32", str(ITERATION_SCHEMA)),
)  # fmt: skip

TEXTS = {
    Role.INBOX: "An inbox worker of Folio leaves one row for each of its turns: what it took in and what it set aside.",
    Role.ANALYSIS: "An analysis worker of Folio studies the records of runs, one perspective at a time, and leaves one "
    "row for each iteration: findings with their numbers, how sure they are, and the runs that show them.",
    Role.TEST_PLANNING: "A test-planning worker of Folio turns what documents have taught into cases to be tested, and "
    "leaves one row for each iteration. `make test-planned` runs them.",
    Role.TUNING: "A tuning worker of Folio proposes changes of settings, tries them on runs that were kept, and leaves "
    "one row for each stage of an idea, with the evidence of its decision.",
}
LOADING = """
There is no text of a document, no file name and no visitor in it.

```python
from datasets import load_dataset

rows = load_dataset("OWNER/NAME", split="train")
newest = max(rows, key=lambda row: row["iteration"])
print(newest["summary"], newest["cumulative_insights"])
```

The newest iterations are kept, and every one carries all insights so far. One row of iteration 0 is none: it makes the
dataset loadable before the first.

| column | type | meaning |
|---|---|---|
"""


def iteration_kind(role: Role) -> DatasetKind:
    """The dataset of a worker with this role."""
    name = f"folio-{role.value}-results"
    seed = empty_row(ITERATION_COLUMNS) | {"schema_version": ITERATION_SCHEMA, "status": "seed"}
    title = name.replace("-", " ").capitalize()
    return DatasetKind(
        name, title, f"\n# {title}\n\n{TEXTS[role]}{LOADING}", ITERATION_COLUMNS, canonical_line(seed), "block"
    )
