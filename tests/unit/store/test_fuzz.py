"""Killed at any instant, with a Hub that refuses, drops, hangs and answers after it applied: no record lost, none
doubled.

``FOLIO_DEPTH=thorough`` runs 90 kills and 1,760 commit faults instead of the short run.
"""

from pathlib import Path

import pytest

from tests.support.depth import THOROUGH
from tests.unit.store.fuzz.harness import Plan, fuzz

PLAN = Plan(kills=88, commit_faults=1760) if THOROUGH else Plan(kills=5, commit_faults=40)


@pytest.mark.timeout(3600)
def test_no_acknowledged_record_is_lost_or_doubled(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = fuzz(PLAN, tmp_path)
    with capsys.disabled():
        print(f"\n{found}")
    assert found.kills >= PLAN.kills
    assert found.commit_faults >= PLAN.commit_faults
    assert found.acknowledged > PLAN.kills
    assert (found.lost, found.doubled, found.altered) == ([], [], [])


@pytest.mark.parametrize(
    ("flaw", "victim", "consequence"),
    [
        ("acknowledge-early", "writer", "lost"),
        ("confirm-early", "publisher", "lost"),
        ("forget-sealed", "publisher", "doubled"),
        ("random-names", "publisher", "doubled"),
    ],
)
def test_the_fuzz_finds_each_planted_flaw(flaw: str, victim: str, consequence: str, tmp_path: Path) -> None:
    """Controls: without one of the design's rules the same fuzz must fail, or it proves nothing."""
    found = fuzz(Plan(kills=3, commit_faults=8, victims=(victim,), flaw=flaw), tmp_path)
    assert getattr(found, consequence) != []
