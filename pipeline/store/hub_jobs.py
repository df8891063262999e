"""Hugging Face Jobs: starting one in the image of a Space, through the Hub's own client."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from huggingface_hub import HfApi, set_client_factory

from pipeline.store.hub import client_with_timeouts

SPACE_IMAGE = "hf.co/spaces/"


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
    set_client_factory(client_with_timeouts)
    job = HfApi(token=token).run_job(
        image=order.image,
        command=list(order.command),
        env=dict(order.environment),
        secrets={"HF_TOKEN": token},
        flavor=order.flavor,
        timeout=order.timeout,
        labels=dict(order.labels),
        namespace=order.namespace or None,
        token=token,
    )
    return job.id
