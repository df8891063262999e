"""``make gpu-check`` on the CPU, shortened: each kind of step does its work once, over small networks and few pages."""

from collections.abc import Iterator
from functools import lru_cache

import pytest

from benchmarks.gpu_check.parity import overlap
from benchmarks.gpu_check.results import Ended, Found, Results
from benchmarks.gpu_check.setting import Setting
from benchmarks.gpu_check.steps import NOWHERE, STEPS, carry_out
from benchmarks.gpu_check.summary import summary
from benchmarks.gpu_networks import Made
from pipeline.gpu.booking import SHORTEST_SECONDS
from pipeline.models.from_onnx.light_networks import layout_network
from pipeline.models.light_torch import torch_light_specs
from pipeline.pages import Box
from tests.networks.benchmarks.conftest import SMALL_NETWORKS
from tests.support.tiny_networks import strips

pytestmark = pytest.mark.xdist_group(SMALL_NETWORKS)


@pytest.fixture(scope="module")
def setting(made: Made, tmp_path_factory: pytest.TempPathFactory) -> Setting:
    return Setting("cpu", 2, 2, True, made.packages, tmp_path_factory.mktemp("gpu-check"))


@pytest.fixture(scope="module", autouse=True)
def converted_once() -> Iterator[None]:
    """The layout network takes two seconds to convert."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torch_light_specs, "layout_network", lru_cache(layout_network))
        yield


@pytest.fixture(scope="module")
def results(setting: Setting) -> Results:
    return Results(setting.out)


def found(name: str, setting: Setting, results: Results) -> Found:
    """What the step of this name finds, which must be done."""
    (step,) = [step for step in STEPS if step.name == name]
    outcome = carry_out(step, setting, results)
    assert outcome.ended is Ended.DONE
    return outcome.found


def test_the_machine_is_described_and_fit(setting: Setting, results: Results) -> None:
    machine = found("machine", setting, results)
    assert machine["packages"]["torch"]
    assert machine["device"].endswith("(rehearsal)")


def test_speed_is_told_per_page_and_network(setting: Setting, results: Results) -> None:
    light = found("eager-light-plain", setting, results)
    assert (light["pages"], light["engines"], list(light["networks"])) == (2, {"layout": "torch"}, ["picodet-cdla"])
    assert 0 < light["networks"]["picodet-cdla"] <= light["per_page"]
    assert "| eager-light-plain | 2 |" in summary(results)


def test_uncompiled_networks_are_not_taken_for_compiled_ones(setting: Setting, results: Results) -> None:
    steps = [step for step in STEPS if step.name in {"compiled-light-plain", "memory-compiled"}]
    for step in steps:
        outcome = carry_out(step, setting, results)
        assert (outcome.ended, outcome.reason) == (Ended.LEFT_OUT, "its networks are not compiled")


def test_the_devices_results_are_held_against_the_cpus(setting: Setting, results: Results) -> None:
    accurate = found("parity-accurate", setting, results)
    for name in ("heron", "tableformer-encode", "tableformer-step", "tableformer-place"):
        assert 0 <= accurate[name]["difference"] <= accurate[name]["allowed"]
    assert accurate["pages"] == 2
    assert accurate["regions"] > 2
    assert accurate["tables"] >= 1
    assert (accurate["regions_alike"], accurate["lines_alike"], accurate["tables_alike"]) == (1, 1, 1)


def test_boxes_overlap_by_their_shared_area() -> None:
    assert overlap(Box(0, 0, 10, 10), Box(0, 0, 10, 10)) == 1.0
    assert overlap(Box(0, 0, 10, 10), Box(5, 0, 15, 10)) == pytest.approx(1 / 3)
    assert overlap(Box(0, 0, 10, 10), Box(20, 0, 30, 10)) == 0.0


def test_a_broken_context_refuses_the_call_and_the_cpu_converts(setting: Setting, results: Results) -> None:
    assert found("poisoned", setting, results) == {
        "refusal": "gpu_broken",
        "results_before": 0,
        "context": "no device",
        "pages": 2,
        "converted_on_cpu": 2,
    }


def test_pages_that_do_not_fit_together_are_halved(setting: Setting, results: Results) -> None:
    assert found("memory", setting, results) == {
        "pages": 2,
        "sizes": [2],
        "sizes_with_less": [2, 1, 1],
        "same_text": True,
    }


def test_formulas_are_timed_alone_and_together(setting: Setting, results: Results) -> None:
    formulas = found("formulas", setting, results)
    assert formulas["tokens"] == 8
    assert formulas["ms_a_token"] > 0
    assert formulas["tokens_in_the_booked_time"] > 8


def test_new_shapes_are_timed_cold_and_warm(
    setting: Setting, results: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("benchmarks.gpu_check.shapes.reader_spec", strips)  # a network of two layers
    shapes = found("shapes", setting, results)
    assert len(shapes["ms"]) == 2
    assert all(len(both) == 2 for both in shapes["ms"].values())
    assert shapes["shapes"] > 40


def test_a_missing_toolkit_is_noticed_at_once(
    setting: Setting, results: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("torch.utils.cpp_extension.CUDA_HOME", NOWHERE)
    toolkit = found("toolkit", setting, results)
    assert toolkit["refusal"] == "cuda_toolkit_missing"
    assert toolkit["seconds"] < 5


def test_the_platforms_client_starts_reuses_and_replaces_a_worker(setting: Setting, results: Results) -> None:
    """In a process of its own, in ZeroGPU mode and without gradio."""
    calls = found("platform", setting, results)
    made = calls["calls"]
    assert [made[name]["pages"] for name in ("call 1", "call 2", "broken", "after")] == [2, 2, 0, 2]
    assert made["call 1"]["worker"] == made["call 2"]["worker"] != made["after"]["worker"]
    assert made["broken"]["refusal"] == "gpu_worker_lost"
    assert calls["fresh_start"] > 0
    assert calls["booked"] == SHORTEST_SECONDS


def test_the_steps_arguments_name_what_there_is(setting: Setting) -> None:
    """Each step's function takes the setting and the step's arguments; it is begun when its first part is asked for."""
    assert all(hasattr(step.parts(setting), "__next__") for step in STEPS)
