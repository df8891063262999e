"""Hugging Face Jobs: starting one in the image of a Space, once or on a schedule, through the Hub's own client."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from huggingface_hub import HfApi, set_client_factory

from pipeline.store.hub import client_with_timeouts

SPACE_IMAGE = "hf.co/spaces/"
ASLEEP = ("SLEEPING", "STOPPED")


@dataclass(frozen=True, slots=True)
class JobOrder:
    """A Job to be started. ``image`` is ``hf.co/spaces/OWNER/NAME`` or a Docker image; ``timeout`` such as ``12h``.

    ``environment`` is readable for everybody who may see the Job, ``labels`` too.
    """

    image: str
    command: Sequence[str]
    flavor: str
    timeout: str
    namespace: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)


def start_job(order: JobOrder, token: str) -> str:
    """Start the Job, which gets ``token`` as its secret HF_TOKEN; its id. Raises what the Hub's client raises."""
    return _api(token).run_job(**_arguments(order, token)).id


def schedule_job(order: JobOrder, schedule: str, token: str) -> str:
    """Start the Job again and again, by a cron expression in UTC, one at a time; its id. What was scheduled before with
    the same labels is replaced. Raises what the Hub's client raises.
    """
    unschedule_jobs(order.labels, token, order.namespace)
    job = _api(token).create_scheduled_job(schedule=schedule, concurrency=False, **_arguments(order, token))
    return str(job.id)


def unschedule_jobs(labels: Mapping[str, str], token: str, namespace: str = "") -> int:
    """Delete the scheduled Jobs that have all these labels; returns how many. Raises what the Hub's client raises."""
    api = _api(token)
    found = [
        job
        for job in api.list_scheduled_jobs(namespace=namespace or None)
        if labels.items() <= (job.job_spec.labels or {}).items()
    ]
    for job in found:
        api.delete_scheduled_job(scheduled_job_id=job.id, namespace=namespace or None)
    return len(found)


def wake_space(space_id: str, token: str) -> bool:
    """Start a Space that sleeps or was stopped; False where it runs already. Raises what the Hub's client raises."""
    api = _api(token)
    if api.get_space_runtime(space_id).stage not in ASLEEP:
        return False
    api.restart_space(space_id)
    return True


def _api(token: str) -> HfApi:
    set_client_factory(client_with_timeouts)
    return HfApi(token=token)


def _arguments(order: JobOrder, token: str) -> dict[str, Any]:
    """What the Hub's client takes of an order, for one Job and for a scheduled one."""
    return {
        "image": order.image,
        "command": list(order.command),
        "env": dict(order.environment),
        "secrets": {"HF_TOKEN": token},
        "flavor": order.flavor,
        "timeout": order.timeout,
        "labels": dict(order.labels),
        "namespace": order.namespace or None,
        "token": token,
    }
