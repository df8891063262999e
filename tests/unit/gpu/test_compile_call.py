"""What an owner reads of each package, and when a GPU call is booked to make them."""

from pathlib import Path

import pytest

from pipeline.errors import CompilationFailed
from pipeline.gpu.compile_call import is_complete, outcome_line
from pipeline.models.aot.compiler import Outcome, Target
from pipeline.models.aot.shelf import Package, PackageShelf, Verification
from pipeline.models.catalog import CompileJob
from tests.support.packages import KEY
from tests.support.tiny_networks import classifier

EAGER = (3, 1.2e-6, 1e-4, 0.1, 0.2, 30.0)


def test_a_line_says_how_far_off_and_how_fast_a_package_is() -> None:
    spec, checked = classifier(), Verification(*EAGER)
    about, how = (
        "tiny-classifier float[2,3,16,16]",
        "at most 1.2e-06 off eager torch (1e-04 allowed), 2.00 times as fast",
    )
    made = Outcome(spec, spec.signatures[0], Package(Path(), KEY, checked))
    assert outcome_line(made) == f"{about}: compiled in 30 s, {how}"
    kept = Outcome(spec, spec.signatures[0], Package(Path(), KEY, checked), kept=True)
    assert outcome_line(kept) == f"{about}: kept, {how}"


def test_a_line_says_why_there_is_no_package() -> None:
    spec = classifier()
    assert outcome_line(Outcome(spec, spec.signatures[0], CompilationFailed("x"))).endswith(
        "the log says what the compiler made of it."
    )


def test_no_call_is_needed_where_every_package_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    specs, shelf = [classifier()], PackageShelf(tmp_path / "shelf")
    monkeypatch.setattr("pipeline.gpu.compile_call.gpu_job", lambda *_: CompileJob(Target("cpu"), tuple(specs)))
    first, *others = CompileJob(Target("cpu"), tuple(specs)).package_keys()
    shelf.put(first, b"code", b"weights", Verification(*EAGER))
    assert others
    assert not is_complete(shelf.folder, "light", None)
    for key in others:
        shelf.put(key, b"code", b"weights", Verification(*EAGER))
    assert is_complete(shelf.folder, "light", None)
    assert not is_complete(tmp_path / "empty", "light", None)
    specs.append(classifier(revision="r2"))
    assert not is_complete(shelf.folder, "light", None)
