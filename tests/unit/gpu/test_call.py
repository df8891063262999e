"""What ZeroGPU's client says when it refuses, held against its installed source, and what becomes of it here."""

from datetime import timedelta
from importlib.resources import files

import gradio as gr
import pytest
from spaces.zero import client

from pipeline.errors import GpuQuotaExceeded, GpuRefused
from pipeline.gpu.client_refusals import refusal_of

NO_GPU = client.NO_GPU_MESSAGE_INQUEUE


@pytest.mark.parametrize(
    ("file", "statement"),
    [
        ("client.py", 'raise error("ZeroGPU pending credits exceeded", message)'),
        ("client.py", 'raise error("ZeroGPU illegal duration", message)'),
        ("client.py", 'f"Space app has reached its GPU limit. "'),
        ("client.py", 'message = "You have exceeded your ZeroGPU runs limit. "'),
        (
            "client.py",
            'f"({requested}s requested vs. {res.left}s left). "\n                    f"Try again in {res.wait}. "',
        ),
        ("client.py", 'raise error("ZeroGPU quota exceeded", message)'),
        ("client.py", 'raise error("ZeroGPU queue timeout", message, html=True)'),
        ("client.py", 'raise error("ZeroGPU client error", NO_GPU_MESSAGE_REGULAR)'),
        ("client.py", 'raise error("ZeroGPU client error", "Expired ZeroGPU proxy token")'),
        ("client.py", 'raise RuntimeError("Connection closed by visitor while queueing")'),
        ("client.py", 'raise RuntimeError("Connection closed by visitor on queue success")'),
        ("client.py", 'NO_GPU_MESSAGE_INQUEUE = "No GPU was available after 60s"'),
        ("client.py", "DEFAULT_SCHEDULE_DURATION = 60"),
        ("wrappers.py", 'raise error("ZeroGPU worker error", "GPU task aborted")'),
        ("wrappers.py", 'raise error("ZeroGPU worker error", res.error_cls)'),
        ("config.py", "duration_factor: float"),
        ("wrappers.py", "        schedule_response = client.schedule("),
        ("wrappers.py", "        release = partial(client.release, allow_token)"),
        ("wrappers.py", "            worker = Worker(thread_wrapper"),
        ("wrappers.py", "        self._sentinel = Thread("),
        ("wrappers.py", "        yield_queue: ThreadQueue["),
        ("wrappers.py", "            f = e.submit("),
        ("wrappers.py", "if isinstance(res, AbortedResult):"),
    ],
)
def test_the_client_still_says_what_is_listened_for(file: str, statement: str) -> None:
    assert statement in (files("spaces.zero") / file).read_text()


def quota(rest: str) -> str:
    return f"You have exceeded your {rest}"


@pytest.mark.parametrize(
    ("title", "message", "code"),
    [
        (
            "ZeroGPU illegal duration",
            "The requested GPU duration (9s) is larger than the maximum allowedSub",
            "gpu_duration_refused",
        ),
        ("ZeroGPU pending credits exceeded", "You have too many ZeroGPU credits allocated", "gpu_credits_pending"),
        (
            "ZeroGPU quota exceeded",
            f"Space app has reached its GPU limit. {client.EXAMPLES_RETRY_MESSAGE}",
            "gpu_space_quota_exceeded",
        ),
        ("ZeroGPU quota exceeded", quota("ZeroGPU runs limit. Subscribe to"), "gpu_runs_exceeded"),
        ("ZeroGPU quota exceeded", quota("something that is new. "), "gpu_quota_exceeded"),
        ("ZeroGPU quota exceeded", f"{NO_GPU}. {client.EXAMPLES_RETRY_MESSAGE}", "gpu_queue_timed_out"),
        ("ZeroGPU queue timeout", f"{NO_GPU} [Create a free account](…)", "gpu_queue_timed_out"),
        ("ZeroGPU client error", client.NO_GPU_MESSAGE_REGULAR, "gpu_unavailable"),
        ("ZeroGPU client error", "Expired ZeroGPU proxy token", "gpu_token_expired"),
        ("ZeroGPU worker error", "GPU task aborted", "gpu_worker_lost"),
        ("ZeroGPU worker error", "ValueError", "gpu_worker_failed"),
    ],
)
def test_each_refusal_has_a_class_and_a_sentence_of_its_own(title: str, message: str, code: str) -> None:
    refusal = refusal_of(gr.Error(message, title=title))
    assert (refusal.code, refusal.retryable) == (code, True)
    assert "ZeroGPU" not in refusal.message


@pytest.mark.parametrize(
    ("wait", "words"),
    [
        (timedelta(hours=1), "1 h 0 min"),
        (timedelta(seconds=20), "1 min"),
        (timedelta(days=1, seconds=61), "24 h 1 min"),
        (timedelta(seconds=59.5), "1 min"),
    ],
)
def test_a_quota_says_what_is_left_and_when_there_is_more(wait: timedelta, words: str) -> None:
    message = quota(f"Pro ZeroGPU quota (90s requested vs. 12s left). Try again in {wait}. Add credits to")
    refusal = refusal_of(gr.Error(message, title="ZeroGPU quota exceeded"))
    assert isinstance(refusal, GpuQuotaExceeded)
    assert refusal.seconds_left == 12
    assert f"has 12 s left, which is less than the next pages need; more comes in {words}." in refusal.message


def test_what_is_no_refusal_of_the_clients_is_told_by_where_it_happened(monkeypatch: pytest.MonkeyPatch) -> None:
    left = RuntimeError("Connection closed by visitor while queueing")
    odd = RuntimeError("ZeroGPU API /schedule error: 500 (Internal Server Error)")
    assert refusal_of(left).code == "gpu_visitor_left"
    assert refusal_of(odd).code == "gpu_worker_failed", "off ZeroGPU only the models can have failed"
    monkeypatch.setattr("spaces.config.Config.zero_gpu", True)
    assert refusal_of(odd).code == "gpu_unreachable"


def test_no_two_refusals_share_a_code() -> None:
    codes = [refusal.code for refusal in GpuRefused.__subclasses__()]
    assert len(codes) == len(set(codes)) == 13
