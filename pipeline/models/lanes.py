"""Which bundles of models this machine runs: what the owner wants, what weights are there, and whether there is a
GPU.
"""

import logging
from dataclasses import replace
from importlib import import_module

from pipeline.errors import WeightsDamaged, WeightsMissing
from pipeline.models.bundle import Bundle, Lanes
from pipeline.models.choice import BundleName, choose_bundles
from pipeline.models.light_bundle import LightBundle
from pipeline.settings import Settings, Tuned, as_they_are
from pipeline.store.weight_cache import find_weights
from pipeline.weight_folders import AccurateWeights

_log = logging.getLogger(__name__)

TORCH_BUNDLES = "pipeline.models.torch_bundles"  # imported where one is chosen, since that takes seconds


def open_lanes(settings: Settings, gpu: bool, booked: bool = True, tuned: Tuned = as_they_are) -> Lanes:
    """The bundle of each lane; ``gpu`` says whether this machine has a GPU lane, ``booked`` whether its seconds are
    booked, and ``tuned`` what is in effect of the settings at any time.

    Call it in the main thread: on ZeroGPU the weights are put on the device from there.

    Weights that are missing or damaged are named in the log, and the light bundle serves in their place.
    """
    weights = usable_weights(settings)
    try:
        return replace(_open(settings, weights, gpu, tuned), booked=booked)
    except WeightsDamaged as error:
        _log.warning("%s The light models serve instead.", error.message)
        return replace(_open(settings, None, gpu, tuned), booked=booked)


def usable_weights(settings: Settings) -> AccurateWeights | None:
    """Where the accurate models' weights are, if they are wanted and there; their absence is told in the log."""
    if settings.bundle == BundleName.LIGHT:
        return None
    try:
        return find_weights(settings.weights_dir)
    except WeightsMissing as error:
        level = logging.WARNING if settings.bundle == BundleName.ACCURATE else logging.INFO
        _log.log(level, "%s The light models serve instead.", error.message)
        return None


def _open(settings: Settings, weights: AccurateWeights | None, has_gpu: bool, tuned: Tuned) -> Lanes:
    cpu, gpu = choose_bundles(settings.bundle, weights is not None, has_gpu)
    return Lanes(_on_cpu(cpu, settings, weights, tuned), _on_gpu(gpu, settings, weights) if gpu else None)


def _on_cpu(name: BundleName, settings: Settings, weights: AccurateWeights | None, tuned: Tuned) -> Bundle:
    if name is BundleName.ACCURATE and weights is not None:
        accurate: Bundle = import_module(TORCH_BUNDLES).accurate_on_cpu(settings, weights)
        return accurate
    return LightBundle(lambda: tuned(settings).threads)


def _on_gpu(name: BundleName, settings: Settings, weights: AccurateWeights | None) -> Bundle:
    bundle: Bundle = import_module(TORCH_BUNDLES).on_gpu(name, settings, weights)
    return bundle
