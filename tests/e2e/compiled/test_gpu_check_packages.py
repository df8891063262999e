"""The step of ``make gpu-check`` that compiles, over a network that this run has compiled."""

from pathlib import Path

from benchmarks.gpu_check.results import Ended, Results
from benchmarks.gpu_check.setting import Setting
from benchmarks.gpu_check.steps import Step, carry_out
from pipeline.models.aot.shelf import PackageShelf


def test_a_network_is_compiled_and_compared(tiny_shelf: PackageShelf, tmp_path: Path) -> None:
    setting = Setting("cpu", 2, 2, True, tiny_shelf.folder, tmp_path)
    step = Step("compile-tiny-strips", "", 100, "packages:compiled", ("tiny-strips",))
    outcome = carry_out(step, setting, Results(setting.out))
    assert outcome.ended is Ended.DONE
    assert 0 <= outcome.found["difference"] <= outcome.found["allowed"]
    assert outcome.found["times_as_fast"] > 0
