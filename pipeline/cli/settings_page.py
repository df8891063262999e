"""``settings-page``: prints docs/settings.md, every setting with default, range and meaning, from its declaration."""

import argparse

from pipeline.settings import SettingRow, Settings, setting_rows

INTRODUCTION = """# Settings

Every setting is an environment variable, or a variable of the Space. A malformed value stops the start, with the
variable's name and what is allowed. `pipeline/settings.py` declares them, and this page is written from there:

    python -m pipeline.cli settings-page > docs/settings.md
"""

SECRETS = """
## Secrets

Set these as secrets of the Space, never as variables, which everybody can read. They leave the server's environment
before anything else is loaded.

| secret | default | allowed | meaning |
|---|---|---|---|
"""

TOKEN_ROW = """\
| `HF_TOKEN` | empty | a token of the Hub | Publishes records to the results dataset. \
Best a fine-grained token with write access to that one dataset. |
"""  # noqa: S105  a row of a table

OTHERS = """
## Set elsewhere

| variable | set by | meaning |
|---|---|---|
| `DEPLOYMENT` | `deploy` | Hash of the configuration, which `/version` shows. |
| `SPACE_ID` | the Hub | The Space's name; it stands in records. |
| `SPACE_AUTHOR_NAME` | the Hub | The Space's owner, whose `folio-results` is the default dataset. |
| `SPACES_ZERO_GPU` | the Hub | Whether this is a ZeroGPU Space. |
| `FOLIO_SPACE_TOKEN` | you, for `deploy` | The token that the Space gets, in place of the one that you deploy with. |
| `FOLIO_AUTH` | you, for `verify` | Name and password, such as `ada:correct-horse`, where the Space asks for them. |
| `HF_ENDPOINT` | you | Another Hub than `https://huggingface.co`. |
| `GRADIO_SERVER_NAME`, `GRADIO_SERVER_PORT` | you | Where the server listens; `127.0.0.1` and 7860 without them. |
| `FOLIO_TOKEN_PIPE`, `FOLIO_PARENT`, `FOLIO_WORKER` | Folio | How its own processes find each other. |
"""

HEAD = """
| variable | default | allowed | meaning |
|---|---|---|---|
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """The command takes no arguments."""


def run(chosen: argparse.Namespace, settings: Settings) -> int:
    """Print the page; returns 0."""
    print(settings_page(), end="")
    return 0


def settings_page() -> str:
    """The whole page as Markdown."""
    rows = setting_rows()
    public = "".join(_line(row) for row in rows if not row.secret)
    secret = "".join(_line(row) for row in rows if row.secret)
    return f"{INTRODUCTION}{HEAD}{public}{SECRETS}{TOKEN_ROW}{secret}{OTHERS}"


def _line(row: SettingRow) -> str:
    return f"| `{row.variable}` | {row.default} | {row.allowed} | {row.meaning} |\n"
