"""Packages are made, compared with their eager modules, and stored only if they agree."""

import os
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import nn
from torch.utils import cpp_extension

from pipeline.errors import CompilationFailed, CompilerMissing, CudaToolkitMissing, PackageDiffers
from pipeline.models.aot import compiler
from pipeline.models.aot.compiler import Effort, Target, compile_networks, example_inputs, require_compiler
from pipeline.models.aot.shelf import FAILED, FAILURE_LASTS_S, Package, PackageShelf, Verification
from pipeline.models.aot.spec import PageImages, Signature, Tensors
from pipeline.models.catalog import CompileJob
from tests.support.packages import KEY
from tests.support.tiny_networks import SIDE, classifier


class Undecided(nn.Module):
    """Gives other numbers each time that Python runs it; a package keeps those of its export."""

    calls = 0

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        Undecided.calls += 1
        return x + Undecided.calls


class Branching(nn.Module):
    """Cannot be exported: what it does depends on a value."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x if float(x.sum()) > 0 else -x


ONE = (Signature.of((2, 3, SIDE, SIDE)),)


def test_a_package_says_how_it_compares_and_is_kept(kept_shelf: PackageShelf, tiny_shelf: PackageShelf) -> None:
    outcomes = list(compile_networks([classifier()], Target("cpu"), tiny_shelf, []))
    assert [outcome.kept for outcome in outcomes] == [True, True]
    for outcome in outcomes:
        assert isinstance(outcome.package, Package)
        checked = outcome.package.verification
        assert 0 <= checked.largest_difference <= checked.tolerance == 1e-5
        assert checked.inputs == 3
        assert min(checked.seconds, checked.eager_seconds, checked.compile_seconds) > 0


def test_examples_are_made_before_the_network_is_placed(tmp_path: Path) -> None:
    """Networks share weights: to compute the examples of one may leave its weights on another device."""
    order: list[str] = []

    def examples(pages: PageImages, signature: Signature) -> Tensors:
        order.append("examples")
        return (torch.zeros(2, 3, SIDE, SIDE),)

    def build() -> nn.Module:
        order.append("network")
        return Branching()

    spec = replace(classifier(), build=build, examples=examples, signatures=ONE)
    page = np.zeros((8, 8, 3), dtype=np.uint8)
    outcome = next(compile_networks([spec], Target("cpu"), PackageShelf(tmp_path / "packages"), [page]))
    assert isinstance(outcome.package, CompilationFailed)
    assert order == ["examples", "network"]


def test_a_package_that_differs_is_not_stored(tmp_path: Path) -> None:
    shelf = PackageShelf(tmp_path / "packages")
    outcome = next(compile_networks([replace(classifier(), build=Undecided, signatures=ONE)], Target("cpu"), shelf, []))
    assert isinstance(outcome.package, PackageDiffers)
    assert "tiny-classifier is off by" in outcome.package.message
    assert [path.suffix for path in shelf.folder.iterdir()] == [FAILED]


def test_a_network_that_cannot_be_exported_says_so_and_the_next_one_is_compiled(tiny_shelf: PackageShelf) -> None:
    specs = [replace(classifier("broken"), build=Branching, signatures=ONE), classifier()]
    failed, *others = compile_networks(specs, Target("cpu"), tiny_shelf, [])
    assert isinstance(failed.package, CompilationFailed)
    assert "tiny-classifier could not be compiled" in failed.package.message
    assert all(isinstance(other.package, Package) for other in others)
    assert len(others) == 2


def test_without_a_compiler_one_sentence_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CXX", raising=False)
    with pytest.raises(CompilerMissing, match=r"install g\+\+"):
        list(compile_networks([classifier()], Target("cpu"), PackageShelf(tmp_path / "packages"), []))


def test_the_networks_are_compared_on_pages() -> None:
    seen: list[int] = []

    def examples(pages: PageImages, signature: Signature) -> Tensors:
        seen.append(int(pages[0][0, 0, 0]))
        return (torch.zeros(2, 3, SIDE, SIDE),)

    pages: list[NDArray[np.uint8]] = [np.full((4, 4, 3), level, dtype=np.uint8) for level in range(5)]
    spec = replace(classifier(), examples=examples)
    assert len(example_inputs(spec, ONE[0], pages)) == 3
    assert seen == [0, 1, 2]


def test_a_package_is_made_again_when_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf, spec = PackageShelf(tmp_path), replace(classifier(), build=nn.Flatten, signatures=ONE)
    (key,) = CompileJob(Target("cpu"), (spec,)).package_keys()
    verification = Verification(3, 1e-6, 1e-4, 0.1, 0.2, 30.0)
    monkeypatch.setattr(compiler, "compile_package", lambda *_: shelf.put(key, b"code", b"weights", verification))
    first, second = (next(compile_networks([spec], Target("cpu"), shelf, [], Effort(again=True))) for _ in range(2))
    assert isinstance(first.package, Package)
    assert not first.kept
    assert not second.kept
    assert next(compile_networks([spec], Target("cpu"), shelf, [])).kept


def test_a_start_does_not_try_again_what_failed_within_a_week(tmp_path: Path) -> None:
    shelf, spec = PackageShelf(tmp_path), replace(classifier(), build=Branching, signatures=ONE)
    (key,) = CompileJob(Target("cpu"), (spec,)).package_keys()

    def outcomes(failed: bool) -> int:
        return len(list(compile_networks([spec], Target("cpu"), shelf, [], Effort(failed=failed))))

    assert (outcomes(False), shelf.has_failed(key)) == (1, True)
    assert (outcomes(False), outcomes(True)) == (0, 1)
    (note,) = tmp_path.glob(f"*{FAILED}")
    assert "tiny-classifier could not be compiled" in note.read_text(encoding="utf-8")
    week_ago = time.time() - FAILURE_LASTS_S - 1
    os.utime(note, (week_ago, week_ago))
    assert not shelf.has_failed(key)
    shelf.put(key, b"code", b"weights", Verification(3, 1e-6, 1e-4, 0.1, 0.2, 30.0))
    assert not note.exists()


def test_a_package_whose_compiler_is_killed_counts_as_failed(tmp_path: Path) -> None:
    class Killed(BaseException):
        pass

    def build() -> nn.Module:
        raise Killed

    shelf, spec = PackageShelf(tmp_path), replace(classifier(), build=build, signatures=ONE)
    with pytest.raises(Killed):
        list(compile_networks([spec], Target("cpu"), shelf, []))
    assert shelf.has_failed(*CompileJob(Target("cpu"), (spec,)).package_keys())


def test_nothing_is_begun_that_would_not_end_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a clock on which each package takes 400 s, to be read before and after it and once at the beginning."""
    clock = iter([0.0, 0.0, 400.0, 400.0, 800.0, 800.0])
    monkeypatch.setattr(compiler, "perf_counter", lambda: next(clock))
    monkeypatch.setattr(compiler, "compile_package", lambda *_: Package(tmp_path, KEY, Verification(1, 0, 0, 1, 1, 1)))
    specs = [replace(classifier(f"r{number}"), signatures=ONE) for number in range(4)]
    made = list(compile_networks(specs, Target("cpu"), PackageShelf(tmp_path), [], Effort(seconds=1000)))
    assert len(made) == 2


def test_outputs_are_compared_by_the_networks_own_measure(tmp_path: Path) -> None:
    seen: list[int] = []

    def distance(outputs: Tensors, wanted: Tensors) -> float:
        seen.append(len(outputs))
        return 0.5

    spec = replace(classifier(), build=nn.Flatten, signatures=ONE, distance=distance, tolerance=0.4)
    outcome = next(compile_networks([spec], Target("cpu"), PackageShelf(tmp_path), []))
    assert isinstance(outcome.package, PackageDiffers)
    assert seen == [1, 1, 1]


def test_a_missing_cuda_toolkit_is_told_before_anything_is_exported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cpp_extension, "CUDA_HOME", None)
    with pytest.raises(CudaToolkitMissing, match="its folder is missing"):
        require_compiler("cuda")
    monkeypatch.setattr(cpp_extension, "CUDA_HOME", str(tmp_path))
    with pytest.raises(CudaToolkitMissing, match=r"include/cuda\.h is missing"):
        require_compiler("cuda")
    (tmp_path / "include" / "crt").mkdir(parents=True)
    (tmp_path / "include" / "cuda.h").touch()
    with pytest.raises(CudaToolkitMissing, match="include/nv/target is missing"):
        require_compiler("cuda")
    (tmp_path / "include" / "cccl" / "nv" / "target").mkdir(parents=True)
    require_compiler("cuda")
    monkeypatch.setattr(cpp_extension, "CUDA_HOME", None)
    require_compiler("cpu")
