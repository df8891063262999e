"""Whatever the Hub or the network does at any step: the deploy ends with one sentence, and a second one heals it."""

import pytest

from pipeline.deployment.wishes import DeployOptions
from pipeline.errors import (
    DeployError,
    HubBusy,
    HubDown,
    HubOutOfReach,
    HubRateLimited,
    HubRequestRefused,
    PaymentNeeded,
    TokenRefused,
    TokenRightsMissing,
)
from tests.standins.hub_repos import Fault, Request, Then
from tests.unit.deployment.conftest import SPACE_TOKEN_VALUE, Deploys

CHANGED = DeployOptions(variables={"MAX_PAGES": "50"}, hardware="t4-small", bucket="chosen", rotate=("HF_TOKEN",))
STEPS = {
    "bucket": ("POST", "/api/buckets/"),
    "dataset": ("POST", "/api/datasets/tester/folio-results/commit"),
    "space": ("POST", "/api/repos/create"),
    "upload": ("POST", "/api/spaces/tester/folio/commit"),
}
LATER_STEPS = {
    "variables": ("POST", "/variables"),
    "secrets": ("POST", "/secrets"),
    "volumes": ("PUT", "/volumes"),
    "hardware": ("POST", "/hardware"),
}

QUESTIONS_REFUSED: dict[int, type[DeployError]] = {
    401: TokenRefused,
    402: PaymentNeeded,
    403: TokenRightsMissing,
    429: HubRateLimited,
    503: HubDown,
}


def as_wanted(deploys: Deploys, options: DeployOptions) -> None:
    """The Space serves what is here, whatever happened on the way."""
    space, wanted = deploys.space, deploys.wanted(options)
    assert space.stages == ["RUNNING"]
    assert space.serving == {"build": wanted.tree.build, "deployment": space.variables["DEPLOYMENT"]}
    assert {path: data for path, data in space.files.items() if path != ".gitattributes"} == wanted.tree.files
    assert wanted.variables.items() <= space.variables.items()
    assert space.hardware == wanted.hardware
    assert space.secrets == {"HF_TOKEN": SPACE_TOKEN_VALUE}
    assert [volume["source"] for volume in space.volumes] == [wanted.bucket_id]
    assert deploys.hub.spaces.buckets[wanted.bucket_id]
    assert "data/seed.jsonl" in deploys.hub.repos["tester/folio-results"].files


def always(deploys: Deploys, fault: Fault, method: str, path: str) -> None:
    deploys.hub.fault = lambda request: fault if request.method == method and path in request.path else None


def healed(deploys: Deploys, options: DeployOptions) -> None:
    deploys.hub.fault = lambda request: None
    deploys.deploy(options)
    as_wanted(deploys, options)


@pytest.mark.parametrize(
    ("status", "error", "words"),
    [
        (401, TokenRefused, "make a new one"),
        (402, PaymentNeeded, "two Gradio Spaces"),
        (403, TokenRightsMissing, "write access"),
        (409, HubBusy, "run the command again"),
        (412, HubBusy, "run the command again"),
        (429, HubRateLimited, "too many requests"),
        (503, HubDown, "fault of its own"),
        (400, HubRequestRefused, "injected"),
    ],
)
def test_each_refusal_is_one_sentence_at_each_step_and_a_second_deploy_heals_it(
    deploys: Deploys, status: int, error: type[DeployError], words: str
) -> None:
    for method, path in STEPS.values():
        always(deploys, Fault(Then.REFUSE, status), method, path)
        if status == 409 and path in (STEPS["bucket"][1], STEPS["space"][1]):
            continue  # there it says that the repository exists already
        with pytest.raises(error, match=words):
            deploys.deploy()
    healed(deploys, DeployOptions())
    for method, path in LATER_STEPS.values():
        always(deploys, Fault(Then.REFUSE, status), method, path)
        with pytest.raises(error, match=words):
            deploys.deploy(CHANGED)
    healed(deploys, CHANGED)


def test_the_network_lost_at_any_request_ends_the_deploy_and_the_next_one_heals_it(deploys: Deploys) -> None:
    deploys.deploy(follow=False)
    requests = len(deploys.hub.requests)
    assert requests > 15
    for lost_from in range(requests):
        forget(deploys)
        cut_after(deploys, lost_from)
        with pytest.raises(HubOutOfReach, match="goes on where this one stopped"):
            deploys.deploy()
        healed(deploys, DeployOptions())


def test_the_network_lost_within_the_changes_of_a_space_is_healed_too(deploys: Deploys) -> None:
    deploys.deploy()
    before = len(deploys.hub.requests)
    deploys.deploy(CHANGED, follow=False)
    kinds = [request.method for request in deploys.hub.requests[before:]]
    changing = [number for number, method in enumerate(kinds) if method not in ("GET", "HEAD")]
    assert len(changing) >= 6
    for number in changing:
        forget(deploys)
        deploys.deploy()
        cut_after(deploys, len(deploys.hub.requests) + number)
        with pytest.raises(HubOutOfReach, match="goes on where this one stopped"):
            deploys.deploy(CHANGED)
        healed(deploys, CHANGED)


@pytest.mark.parametrize(
    "path",
    [
        *("/api/whoami-v2", "/api/spaces/tester/folio", "/api/buckets/tester/folio-data"),
        *("/api/datasets/tester/folio-results", "/runtime", "/variables", "/secrets", "/tree/main"),
    ],
)
def test_a_question_that_is_refused_ends_with_one_sentence_and_a_second_deploy_heals_it(
    deploys: Deploys, path: str
) -> None:
    deploys.deploy()
    deploys.files["app.py"] = b"print(2)\n"
    for status, error in QUESTIONS_REFUSED.items():
        always(deploys, Fault(Then.REFUSE, status), "GET", path)
        deploys.__dict__.pop("spaces")  # a new command, which asks anew whose token it is
        with pytest.raises(error):
            deploys.deploy()
    healed(deploys, DeployOptions())


def test_the_network_lost_while_the_build_is_followed_is_healed_too(deploys: Deploys) -> None:
    deploys.deploy(follow=False)
    before = len(deploys.hub.requests)
    deploys.files["app.py"] = b"print(2)\n"
    deploys.deploy(follow=False)
    changes = len(deploys.hub.requests) - before
    deploys.files["app.py"] = b"print(3)\n"
    cut_after(deploys, len(deploys.hub.requests) + changes)
    with pytest.raises(HubOutOfReach, match="look at the Space"):
        deploys.deploy()
    assert len(deploys.space.commits) == 4
    healed(deploys, DeployOptions())
    assert len(deploys.space.commits) == 4


def forget(deploys: Deploys) -> None:
    """An account with nothing in it."""
    deploys.hub.spaces.repos.clear()
    deploys.hub.spaces.buckets.clear()
    deploys.hub.repos.clear()
    deploys.hub.requests.clear()
    deploys.hub.fault = lambda request: None


def cut_after(deploys: Deploys, count: int) -> None:
    def fault(request: Request) -> Fault | None:
        return Fault(Then.DROP) if len(deploys.hub.requests) > count else None

    deploys.hub.fault = fault


@pytest.mark.parametrize("step", [*STEPS, *LATER_STEPS])
def test_an_answer_that_is_lost_is_asked_for_again_and_nothing_is_done_twice(deploys: Deploys, step: str) -> None:
    """The request was carried out, and only its answer never came."""
    options = CHANGED if step in LATER_STEPS else DeployOptions()
    if step in LATER_STEPS:
        deploys.deploy()
    method, path = (STEPS | LATER_STEPS)[step]
    deploys.hub.faults(Fault(Then.APPLY_AND_DROP), method=method, path=path)
    deploys.deploy(options)
    as_wanted(deploys, options)
    assert len(deploys.space.commits) == 2
    assert len(deploys.hub.repos["tester/folio-results"].commits) == 2


@pytest.mark.parametrize("status", [409, 412, 429, 500, 503])
def test_a_passing_refusal_is_waited_out(deploys: Deploys, status: int) -> None:
    deploys.hub.faults(Fault(Then.REFUSE, status), Fault(Then.REFUSE, status), path="/spaces/tester/folio/commit")
    deploys.deploy()
    as_wanted(deploys, DeployOptions())
    assert deploys.waits[:2] == [1.0, 2.0]


def test_the_wait_that_the_hub_asks_for_is_kept_and_a_long_one_ends_the_deploy(deploys: Deploys) -> None:
    limit = Fault(Then.REFUSE, 429, (("RateLimit", '"api";r=0;t=17'),))
    deploys.hub.faults(limit, path="/spaces/tester/folio/commit")
    deploys.deploy()
    assert deploys.waits[0] == 17.0
    deploys.files["app.py"] = b"print(3)\n"
    always(deploys, Fault(Then.REFUSE, 429, (("Retry-After", "900"),)), "POST", "/spaces/tester/folio/commit")
    with pytest.raises(HubRateLimited, match="again in 900 s"):
        deploys.deploy()
    healed(deploys, DeployOptions())


def test_a_free_account_that_may_not_create_the_space_is_told_what_it_may(deploys: Deploys) -> None:
    always(deploys, Fault(Then.REFUSE, 402), "POST", "/api/repos/create")
    with pytest.raises(PaymentNeeded, match="zero-a10g"):
        deploys.deploy()
