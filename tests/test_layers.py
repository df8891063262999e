"""The rooms and their doors: who may import whom, and which module alone may touch which library."""

import ast
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# Room → level. A module imports from lower levels or its own room; a room is a folder or a module of `pipeline`.
LEVELS = {
    "pipeline": 0,
    "pipeline.settings": 0,
    "pipeline.errors": 0,
    "pipeline.formats": 0,
    "pipeline.formula_time": 0,
    "pipeline.languages": 0,
    "pipeline.pages": 0,
    "pipeline.page_tags": 0,
    "pipeline.numbered_lines": 0,
    "pipeline.pixels": 0,
    "pipeline.process_start": 0,
    "pipeline.records": 0,
    "pipeline.run_price": 0,
    "pipeline.check_lines": 0,
    "pipeline.deployed_build": 0,
    "pipeline.space_roles": 0,
    "pipeline.survey": 0,
    "pipeline.signed_scripts": 0,
    "pipeline.typewriter_fonts": 0,
    "pipeline.weight_folders": 0,
    "pipeline.worker_iterations": 0,
    "pipeline.intake": 1,
    "pipeline.store": 1,
    "pipeline.deployment": 2,
    "pipeline.models": 2,
    "pipeline.stages": 3,
    "pipeline.gpu": 3,
    "pipeline.history": 4,
    "pipeline.runs": 4,
    "pipeline.doctor": 5,
    "pipeline.ui": 5,
    "pipeline.scale": 5,
    "pipeline.workers": 5,
    "pipeline.cli": 6,
    "pipeline.converting_server": 6,
    "app": 7,
}

# Library → the rooms that may import it.
DOORS = {
    "pypdfium2": {"pipeline.intake"},
    "docling_parse": {"pipeline.intake"},
    "docling": {"pipeline.stages"},
    "docling_core": {"pipeline.stages", "pipeline.intake"},
    "onnx": {"pipeline.models"},
    "onnx2torch": {"pipeline.models"},
    "docling_ibm_models": {"pipeline.models"},
    "transformers": {"pipeline.models"},
    "safetensors": {"pipeline.models"},
    "onnxruntime": {"pipeline.models"},
    "onnxslim": {"pipeline.models"},
    "rapidocr": {"pipeline.models"},
    "rapid_layout": {"pipeline.models"},
    "rapid_table": {"pipeline.models"},
    "cv2": {"pipeline.models"},
    "torch": {"pipeline.models", "pipeline.gpu"},
    "spaces": {"pipeline.gpu", "pipeline.models", "app"},
    "httpx": {"pipeline.intake", "pipeline.store", "pipeline.deployment", "pipeline.cli"},
    "gradio": {"pipeline.ui"},
    "gradio_client": {"pipeline.deployment"},
    "jinja2": {"pipeline.ui", "pipeline.stages"},
    "markdown_it": {"pipeline.ui"},
    "nh3": {"pipeline.ui"},
    "latex2mathml": {"pipeline.ui"},
    "huggingface_hub": {"pipeline.store", "pipeline.deployment"},
    "datatrove": {"pipeline.scale"},
    "fsspec": {"pipeline.scale"},
    "pyarrow": {"pipeline.scale"},
    "ray": {"pipeline.scale"},
    "scipy": {"pipeline.workers"},
}

# The interface knows runs and level 0, not how they are made.
UI_SEES = {
    "pipeline",
    "pipeline.settings",
    "pipeline.check_lines",
    "pipeline.deployed_build",
    "pipeline.errors",
    "pipeline.formats",
    "pipeline.languages",
    "pipeline.pages",
    "pipeline.records",
    "pipeline.run_price",
    "pipeline.survey",
    "pipeline.worker_iterations",
    "pipeline.history",
    "pipeline.runs",
    "pipeline.ui",
}

# The parse child meets hostile bytes: its process loads nothing above its own room.
CHILD = ROOT / "pipeline" / "intake" / "child.py"


@dataclass(frozen=True)
class Import:
    """One import statement: the file it stands in, its line, and the module it names."""

    file: Path
    line: int
    module: str


def modules() -> list[Path]:
    return [ROOT / "app.py", *sorted((ROOT / "pipeline").rglob("*.py"))]


def imports_of(file: Path) -> list[Import]:
    found = []
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [Import(file, node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}:{node.lineno} imports relatively"
            assert node.module is not None
            found += [Import(file, node.lineno, f"{node.module}.{alias.name}") for alias in node.names]
    return found


def room(module: str) -> str:
    """The longest known room that ``module`` lies in, or an empty string."""
    parts = module.split(".")
    names = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((name for name in names if name in LEVELS), "")


def room_of_file(file: Path) -> str:
    name = ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    return room(name)


def test_every_module_lives_in_a_known_room() -> None:
    lost = [file for file in modules() if room_of_file(file) == "pipeline" and file.name != "__init__.py"]
    assert lost == []


def test_imports_point_down() -> None:
    wrong = []
    for file in modules():
        own = room_of_file(file)
        for found in imports_of(file):
            other = room(found.module)
            if other and other != own and LEVELS[other] >= LEVELS[own] > 0:
                wrong.append(f"{file.relative_to(ROOT)}:{found.line} ({own}) imports {found.module}")
            if other and LEVELS[own] == 0 and LEVELS[other] > 0:
                wrong.append(f"{file.relative_to(ROOT)}:{found.line} (level 0) imports {found.module}")
    assert wrong == []


def test_each_heavy_library_has_one_door() -> None:
    wrong = []
    for file in modules():
        for found in imports_of(file):
            allowed = DOORS.get(found.module.split(".")[0])
            if allowed is not None and room_of_file(file) not in allowed:
                wrong.append(f"{file.relative_to(ROOT)}:{found.line} imports {found.module}")
    assert wrong == []


def test_a_page_that_converts_nothing_loads_no_models() -> None:
    """What ``app.py`` imports by itself, with all that follows from it."""
    seen, waiting, libraries = set[Path](), [ROOT / "app.py"], set[str]()
    while waiting:
        file = waiting.pop()
        if file in seen:
            continue
        seen.add(file)
        for found in imports_of(file):
            parts = found.module.split(".")
            libraries.add(parts[0])
            if parts[0] == "pipeline":
                paths = [ROOT.joinpath(*parts[:length]) for length in range(1, len(parts) + 1)]
                files = [place for path in paths for place in (path.with_suffix(".py"), path / "__init__.py")]
                waiting += [place for place in files if place.is_file()]
    assert len(seen) > 60
    heavy = {"torch", "torchvision", "docling", "docling_core", "transformers", "onnxruntime", "cv2", "scipy"}
    assert libraries & heavy == set()


def test_the_interface_knows_runs_and_not_how_they_are_made() -> None:
    files = [file for file in modules() if room_of_file(file) == "pipeline.ui"]
    assert files
    wrong = [
        f"{found.file.name}: {found.module}"
        for file in files
        for found in imports_of(file)
        if room(found.module) not in {"", *UI_SEES}
    ]
    assert wrong == []


def test_the_parse_child_loads_only_its_own_room() -> None:
    for found in imports_of(CHILD):
        own = room(found.module)
        assert own in {
            "",
            "pipeline.intake",
            "pipeline.pages",
            "pipeline.page_tags",
            "pipeline.errors",
            "pipeline.pixels",
        }, found


def strings_of(file: Path) -> list[ast.Constant]:
    """The file's strings and parts of f-strings, but for docstrings and regular expressions."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    passed_over = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "re.compile":
            passed_over |= {id(argument) for argument in node.args}
    constants = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return [node for node in constants if id(node) not in passed_over]


def test_html_stands_in_templates_only() -> None:
    """A tag in a Python string is one for which nobody escapes."""
    tag = re.compile(r"</?[A-Za-z][\w-]*[ />]|<!--")
    files = [file for file in modules() if room_of_file(file) == "pipeline.ui"]
    wrong = [
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for file in files
        for node in strings_of(file)
        if isinstance(node.value, str) and tag.search(node.value)
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "file", [*modules(), *sorted((ROOT / "tests").rglob("*.py")), *sorted((ROOT / "benchmarks").rglob("*.py"))], ids=str
)
def test_files_and_functions_stay_small(file: Path) -> None:
    source = file.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= 400
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 60, f"{node.name} is too long"


def test_compiling_at_run_time_is_not_used() -> None:
    benchmarks = sorted((ROOT / "benchmarks").rglob("*.py"))
    wrong = [file.name for file in [*modules(), *benchmarks] if "torch.compile(" in file.read_text(encoding="utf-8")]
    assert wrong == []


def test_no_module_or_class_name_means_two_things() -> None:
    """A name that stands for one thing can be searched for; ``git grep`` then finds no other."""
    places: dict[str, list[str]] = {}
    for file in modules():
        if not file.name.startswith("__"):
            places.setdefault(f"module {file.stem}", []).append(str(file.relative_to(ROOT)))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                places.setdefault(f"class {node.name}", []).append(str(file.relative_to(ROOT)))
    assert len(places) > 300
    assert {name: files for name, files in places.items() if len(files) > 1} == {}


@pytest.mark.parametrize("package", sorted((ROOT / "pipeline").rglob("__init__.py")), ids=str)
def test_every_package_tells_a_newcomer_where_to_begin(package: Path) -> None:
    """Its docstring says what enters and leaves; the modules that it tells one to read are there."""
    text = ast.get_docstring(ast.parse(package.read_text(encoding="utf-8"))) or ""
    modules_of = [file for file in package.parent.glob("*.py") if file.name != "__init__.py"]
    if package.parent == ROOT / "pipeline" or len(modules_of) < 4 or package.parent.name == "errors":
        assert text
        return
    assert all(word in text for word in ("Enters:", "Leaves:", "Read in this order:"))
    order = text.split("Read in this order:")[1].split("Threads")[0].split("Processes")[0].split("Why no")[0]
    named = re.findall(r"``([a-z_]+)``", order)
    assert named
    assert [name for name in named if not list(package.parent.glob(f"{name}*"))] == []
