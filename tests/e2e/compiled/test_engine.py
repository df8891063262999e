"""Networks run by their packages where one fits, and eagerly where none does."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from pipeline.models.aot.engine import CompiledNetwork, Engines, choose
from pipeline.models.aot.shelf import PACKAGE, Package, PackageShelf, Refusal
from pipeline.models.aot.spec import NetworkSpec, Precision, Signature, Span
from pipeline.pages import EngineInfo
from tests.support.tiny_networks import SIDE, classifier, classifier_module, strips, two_inputs

SMALL, LARGE = classifier().signatures


def pictures(count: int, width: int = SIDE) -> torch.Tensor:
    return torch.randn(count, 3, SIDE, width, generator=torch.Generator().manual_seed(count))


def opened(spec: NetworkSpec, shelf: PackageShelf) -> CompiledNetwork:
    return Engines("cpu", shelf=shelf, runners=2).network(spec)


def without_module(spec: NetworkSpec) -> NetworkSpec:
    def refuse() -> torch.nn.Module:
        raise AssertionError("the eager module was built")

    return replace(spec, build=refuse)


def test_a_package_gives_what_the_module_gives(tiny_shelf: PackageShelf) -> None:
    network = opened(classifier(), tiny_shelf)
    assert network.info == EngineInfo("layout", "Tiny classifier", "AOTInductor")
    for count in (1, 2, 3, 4, 5, 11):
        (scores,) = network(pictures(count))
        assert scores.shape == (count, 10)
        torch.testing.assert_close(scores, classifier_module().eval()(pictures(count)), atol=1e-5, rtol=0)


def test_whole_numbers_and_tensors_outside_the_state_dict_reach_the_package(tiny_shelf: PackageShelf) -> None:
    network = opened(two_inputs(), tiny_shelf)
    rows, places = torch.randn(3, 4), torch.tensor([7, 0, 3])
    wanted = two_inputs().build()(rows, places)
    assert network.package_for((3, 4), (3,)) is not None
    for got, eager in zip(network(rows, places), wanted, strict=True):
        torch.testing.assert_close(got, eager)


def test_a_package_with_its_own_weights_needs_no_module(tiny_shelf: PackageShelf) -> None:
    network = opened(without_module(strips()), tiny_shelf)
    for width in (32, 96, 256):
        (found,) = network(pictures(1, width))
        torch.testing.assert_close(found, strips().build()(pictures(1, width)), atol=1e-5, rtol=0)


def test_shapes_without_a_package_run_eagerly(tiny_shelf: PackageShelf) -> None:
    network = opened(strips(), tiny_shelf)
    for width in (16, 48, 288):
        assert network.package_for((1, 3, SIDE, width)) is None
        (found,) = network(pictures(1, width))
        torch.testing.assert_close(found, strips().build()(pictures(1, width)))


def test_without_a_shelf_everything_runs_eagerly() -> None:
    network = Engines("cpu").network(classifier())
    assert network.engine == "torch"
    torch.testing.assert_close(network(pictures(3))[0], classifier_module().eval()(pictures(3)))


def test_float32_on_a_gpu_is_not_rounded_to_tf32(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", True)
    Engines("cpu").network(classifier()).module()
    assert not torch.backends.cudnn.allow_tf32


def test_another_revision_is_refused_with_its_reason(tiny_shelf: PackageShelf) -> None:
    network = opened(classifier(revision="r2"), tiny_shelf)
    assert network.engine == "torch (no package: compiled for revision r1, not r2)"
    assert network.package_for((2, 3, SIDE, SIDE)) is None
    torch.testing.assert_close(network(pictures(2))[0], classifier_module().eval()(pictures(2)))


def test_another_precision_is_refused_with_its_reason(tiny_shelf: PackageShelf) -> None:
    network = Engines("cpu", Precision.BFLOAT16, tiny_shelf).network(classifier())
    assert network.engine == "torch (no package: compiled for precision float32, not bfloat16)"
    assert network(pictures(2))[0].dtype == torch.bfloat16


def test_a_package_that_does_not_load_is_given_up(tiny_shelf: PackageShelf, tmp_path: Path) -> None:
    spec = replace(classifier(), signatures=(SMALL,))
    good = tiny_shelf.find(opened(spec, tiny_shelf)._key(SMALL))
    assert isinstance(good, Package)
    shelf = PackageShelf(tmp_path)
    shelf.put(good.key, b"not an archive", good.constants.read_bytes(), good.verification)
    network = opened(spec, shelf)
    assert network.engine == "AOTInductor"
    torch.testing.assert_close(network(pictures(2))[0], classifier_module().eval()(pictures(2)))
    assert network.engine == "torch (no package: it does not load here)"


def test_threads_share_one_loaded_package(tiny_shelf: PackageShelf) -> None:
    network = opened(classifier(), tiny_shelf)
    wanted = [classifier_module().eval()(pictures(count)) for count in range(1, 9)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda count: network(pictures(count))[0], [*range(1, 9)] * 20))
    for number, scores in enumerate(found):
        torch.testing.assert_close(scores, wanted[number % 8], atol=1e-5, rtol=0)


def test_a_child_forked_after_calls_on_several_threads_computes(tiny_shelf: PackageShelf) -> None:
    program = f"""
import os, signal, torch
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from pipeline.models.aot.engine import Engines
from pipeline.models.aot.shelf import PackageShelf
from tests.support.tiny_networks import classifier, strips
shelf = PackageShelf(Path({str(tiny_shelf.folder)!r}))
compiled, eager = Engines("cpu", shelf=shelf, runners=2).network(classifier()), Engines("cpu").network(strips())
pictures, strip = torch.randn(4, 3, 16, 16), torch.randn(1, 3, 16, 224)

def outputs(_):
    return compiled(pictures)[0], eager(strip)[0]

with ThreadPoolExecutor(4) as pool:
    wanted = list(pool.map(outputs, range(40)))[-1]
assert compiled.engine == "AOTInductor"
for _ in range(20):
    # a joined thread may still be putting its memory away, under locks that a fork copies
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(outputs, range(8)))
    if (child := os.fork()) == 0:
        signal.alarm(60)
        same = all(map(torch.equal, outputs(0), wanted))
        os._exit(0 if same else 1)
    assert os.waitpid(child, 0)[1] == 0
"""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True, timeout=200, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_fresh_process_loads_the_package_and_leaves_nothing_behind(tiny_shelf: PackageShelf, tmp_path: Path) -> None:
    (wanted,) = opened(classifier(), tiny_shelf)(pictures(4))
    torch.save({"pictures": pictures(4), "scores": wanted}, tmp_path / "wanted.pt")
    program = f"""
import os, sys, torch
from pathlib import Path
from pipeline.models.aot.engine import Engines
from pipeline.models.aot.shelf import PackageShelf
from tests.support.tiny_networks import classifier
network = Engines("cpu", shelf=PackageShelf(Path({str(tiny_shelf.folder)!r}))).network(classifier())
wanted = torch.load({str(tmp_path / "wanted.pt")!r})
assert torch.equal(network(wanted["pictures"])[0], wanted["scores"])
assert network.engine == "AOTInductor"
print([line.split(maxsplit=5)[5].strip() for line in open("/proc/self/maps") if "aotinductor" in line][0], flush=True)
os._exit(0)
"""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    unpacked = Path(done.stdout.strip().removesuffix(" (deleted)")).parents[4]
    assert unpacked.parent == Path("/tmp")
    assert not unpacked.exists()


@pytest.mark.parametrize(
    ("rows", "chosen"),
    [(1, SMALL), (2, SMALL), (3, LARGE), (4, LARGE), (9, LARGE)],
)
def test_the_smallest_package_that_takes_all_rows_is_chosen(rows: int, chosen: Signature) -> None:
    assert choose([SMALL, LARGE], ((rows, 3, SIDE, SIDE),), pads_batch=True) == chosen


def test_what_fits_no_signature_gets_none() -> None:
    open_batch = Signature.of((Span("n", 2, 8), 4), (Span("n", 2, 8), 4))
    assert choose([SMALL], ((2, 3, SIDE, SIDE + 1),), True) is None
    assert choose([SMALL], ((2, 3, SIDE),), True) is None
    assert choose([SMALL], ((0, 3, SIDE, SIDE),), True) is None
    assert choose([SMALL], ((1, 3, SIDE, SIDE),), False) is None
    assert choose([open_batch], ((3, 4), (3, 4)), False) == open_batch
    assert choose([open_batch], ((3, 4), (5, 4)), False) is None
    assert choose([open_batch], ((3, 4), (5, 4)), True) is None
    assert choose([open_batch], ((3, 4),), True) is None


def test_a_changed_file_is_not_loaded(tiny_shelf: PackageShelf, tmp_path: Path) -> None:
    spec = replace(classifier(), signatures=(SMALL,))
    shelf = PackageShelf(tmp_path)
    good = tiny_shelf.find(opened(spec, tiny_shelf)._key(SMALL))
    assert isinstance(good, Package)
    put = shelf.put(good.key, good.archive.read_bytes(), good.constants.read_bytes(), good.verification)
    assert opened(spec, shelf).engine == "AOTInductor"
    (put.folder / PACKAGE).write_bytes(put.archive.read_bytes()[:-1])
    assert opened(spec, shelf).engine == "torch (no package: package.pt2 is incomplete or was changed)"


def test_a_package_for_the_device_of_a_call_is_found_in_its_worker(
    tiny_shelf: PackageShelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the call ZeroGPU's emulated device has another capability, so that nothing fits; in the call it does."""
    network = opened(classifier(), tiny_shelf)
    refused = {signature: Refusal("made for another device") for signature in classifier().signatures}
    monkeypatch.setattr(network, "_found", refused)
    assert network.package_for((SMALL.batch, 3, SIDE, SIDE)) is None
    monkeypatch.setattr(network._engines, "device", torch.device("cuda"))
    assert network.package_for((SMALL.batch, 3, SIDE, SIDE)) == SMALL
    network._process().packages[SMALL] = Refusal("it does not load here")
    assert network.package_for((SMALL.batch, 3, SIDE, SIDE)) == LARGE
    assert network.engine.startswith("torch (no package: "), "the server shows what it has found itself"
