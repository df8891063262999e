"""One idea of the tuning worker on its way through the six stages, as JSON between iterations."""

from dataclasses import dataclass
from enum import StrEnum

from pydantic import TypeAdapter

from pipeline.store.codec import Codec


class TuningStage(StrEnum):
    """The stages of an idea, one iteration each."""

    OBSERVE = "observe"
    HYPOTHESISE = "hypothesise"
    DESIGN = "design"
    TRY = "try"
    VERIFY = "verify"
    DECIDE = "decide"


STAGES = tuple(TuningStage)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change of one setting: its name, the value in effect, the value proposed, and what was observed."""

    setting: str
    now: int
    proposed: int
    observed: str


@dataclass(frozen=True, slots=True)
class Trial:
    """One thing that was replayed with and without the change: a GPU call or a page.

    ``before`` and ``after`` are costs in ``unit`` of the experiment, of which less is better; ``loss`` is how much
    worse the result is with the change, in [0, 1], 0 where it is as good or better.
    """

    record_id: str
    page: int
    before: float
    after: float
    loss: float = 0.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the trials say: the cost before and after (means), the chance of such a gain without a cause, and how many
    trials lost more than the margin.
    """

    trials: int
    before: float
    after: float
    p_value: float
    losses: int


@dataclass(frozen=True, slots=True)
class Idea:
    """One idea: the stage that comes next, and what the stages before it brought.

    ``tried`` are settings and values that were decided on, newest last, so that none comes again at once.
    """

    number: int = 1
    next_stage: TuningStage = TuningStage.OBSERVE
    proposal: Proposal | None = None
    samples: tuple[str, ...] = ()
    trials: tuple[Trial, ...] = ()
    verdict: Verdict | None = None
    tried: tuple[tuple[str, int, str], ...] = ()


IDEA = Codec(TypeAdapter(Idea))


def read_idea(state: str) -> Idea:
    """The idea in an iteration's state; a new one where there is none."""
    try:
        return IDEA.decode(state.encode())
    except ValueError:
        return Idea()
