"""Which bundle of models serves which lane. Pure functions."""

from enum import StrEnum


class BundleName(StrEnum):
    """The bundles of models."""

    LIGHT = "light"
    ACCURATE = "accurate"


def choose_bundles(wanted: str, weights: bool, gpu: bool) -> tuple[BundleName, BundleName | None]:
    """The bundles of the CPU lane and of the GPU lane, which is None without a ``gpu``.

    ``wanted`` is the setting ``BUNDLE``: ``auto``, ``light`` or ``accurate``. ``weights`` says whether those of the
    accurate networks are there and whole; without them both lanes are light. On its own Folio takes the accurate
    networks on a GPU only: on a CPU they need seconds per page.
    """
    accurate = weights and wanted != BundleName.LIGHT
    cpu = BundleName.ACCURATE if accurate and wanted == BundleName.ACCURATE else BundleName.LIGHT
    on_gpu = BundleName.ACCURATE if accurate else BundleName.LIGHT
    return cpu, on_gpu if gpu else None
