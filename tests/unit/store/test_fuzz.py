"""Killed at any instant, with a Hub that refuses, drops, hangs and answers after it applied: no record lost, none
doubled.

``FOLIO_FUZZ=thorough`` runs 90 kills and 1,760 commit faults instead of the short run.
"""

import os
from pathlib import Path

import pytest

from tests.unit.store.fuzz.harness import Plan, fuzz

SHORT = Plan(kills=5, commit_faults=40)
THOROUGH = Plan(kills=88, commit_faults=1760)


@pytest.mark.timeout(3600)
def test_no_acknowledged_record_is_lost_or_doubled(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan = THOROUGH if os.environ.get("FOLIO_FUZZ") == "thorough" else SHORT
    found = fuzz(plan, tmp_path)
    with capsys.disabled():
        print(f"\n{found}")
    assert found.kills >= plan.kills
    assert found.commit_faults >= plan.commit_faults
    assert found.acknowledged > plan.kills
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
