"""What was measured of rules: of all that run, and nothing that cannot be."""

import pytest

from pipelines.judge.measured import NAME, Figures, load_measured
from pipelines.judge.rules import load_rules
from pipelines.kit.house_files import HouseFileError

HEAD = 'share: 0.01\nas_of: 2024-02-29\nmeasured_on: 2024-03-01\ncommit: "1234567"\nrules:\n'
LINE = "{{planted: 4, found: {found}, false_alarms: 1, traps: 3, traps_fired: {fired}}}\n"


@pytest.fixture
def rules(tmp_path):
    """A rules file of one rule, as far as it is read here."""
    file = tmp_path / "rules.yaml"
    file.write_text("rules:\n  R01: {}\n", encoding="utf-8")
    return file


def test_every_rule_that_runs_was_measured():
    missing = load_rules().keys() - load_measured().keys()
    assert missing == set(), "measure it and keep what comes out (docs/benchmark.md, how precise rules are)"


def test_figures_stand_beside_their_rules(rules):
    assert load_measured(rules) == {}
    rules.with_name(NAME).write_text(HEAD + "  R01: " + LINE.format(found=3, fired=1), encoding="utf-8")
    told = load_measured(rules)["R01"]
    assert told.figures == Figures(planted=4, found=3, false_alarms=1, traps=3, traps_fired=1)
    assert (told.when.share, str(told.when.as_of), told.when.commit) == (0.01, "2024-02-29", "1234567")


@pytest.mark.parametrize(("line", "complaint"), [
    ("R99: " + LINE.format(found=3, fired=1), "rules.R99: is no rule of rules.yaml beside it; measure again"),
    ("R01: " + LINE.format(found=5, fired=1), "rules.R01: no part is more than its whole"),
    ("R01: " + LINE.format(found=-1, fired=1), "rules.R01.found: input should be greater than or equal to 0"),
    ("R01: " + LINE.format(found=3, fired=2), "rules.R01: no part is more than its whole"),
])  # fmt: skip
def test_figures_that_cannot_be_are_refused(rules, line, complaint):
    rules.with_name(NAME).write_text(HEAD + "  " + line, encoding="utf-8")
    with pytest.raises(HouseFileError, match=f"{NAME}: {complaint}"):
        load_measured(rules)
