"""What rules are worth, by switching them off."""

from importlib import import_module
from pathlib import Path

import pytest

from benchmarks import ablate
from benchmarks.switchable_rules import RULES, STAGES, switched_off
from tests.documents.committed import FOLDER

CONTENTS = {FOLDER / "contents.pdf": FOLDER / "contents.md"}


def test_a_document_is_assembled_without_a_rule_and_the_loss_is_in_the_table(tmp_path: Path) -> None:
    (document,) = ablate.Preparation(tmp_path).prepare(CONTENTS)
    rules = [rule for rule in RULES if rule.name in ("contents pages", "formulas")]
    whole, without_contents, without_formulas = ablate.worths([document], rules)
    assert whole.score.item == 1
    assert without_contents.changed == 1
    assert without_contents.score.item == 0
    assert without_formulas.changed == 0
    assert without_formulas.score == whole.score
    lines = ablate.table([whole, without_contents, without_formulas]).splitlines()
    assert [line.split(" | ")[0] for line in lines[2:]] == ["| (all rules)", "| contents pages", "| formulas"]
    assert "| -1.0000 |" in lines[3]
    assert set(lines[4].removeprefix("| formulas").removesuffix("| 0 |")) == {"|", " "}


def functions() -> list[object]:
    return [getattr(import_module(STAGES + rule.module), rule.attribute) for rule in RULES]


def test_every_rule_is_a_function_and_is_on_again_afterwards() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)
    on = functions()
    assert all(map(callable, on))
    with switched_off(*RULES):
        assert functions() == [rule.off for rule in RULES]
    assert functions() == on


def test_an_unknown_rule_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        ablate.main(["--corpus", str(tmp_path), "--rules", "contents pages,luck"])
    assert "no such rule: luck" in capsys.readouterr().err
