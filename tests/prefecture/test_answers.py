"""What the playing townships know and say."""

import polars as pl
import pytest

from pipelines.judge.rules import load_rules
from pipelines.kit.keys import ticket_id
from prefecture.generate import SEED
from prefecture.players import PLAYING_TOWNSHIPS, SILENT_COUNTY
from tests.prefecture.delivered import current


@pytest.fixture(scope="module")
def answers(prefecture) -> pl.DataFrame:
    return prefecture.table("answers")


def test_twelve_townships_play_some_of_them_where_the_survey_is_silent(prefecture):
    players = prefecture.table("players")["township_code"].to_list()
    assert players == PLAYING_TOWNSHIPS(SEED)
    assert len(players) == 12
    assert sum(code.startswith(SILENT_COUNTY) for code in players) == 2


def test_every_question_of_the_first_turn_has_an_answer(prefecture, answers):
    """All T-rule defects in playing townships are in the register of answers, and nothing else is."""
    asked = prefecture.planted(1).filter(
        pl.col("rule_id").is_in(["R11", "R17", "R20", "R22"])
        & pl.col("township_code").is_in(prefecture.table("players")["township_code"].implode())
    )
    columns = ["rule_id", "entity_key", "township_code"]
    assert set(asked.select(columns).iter_rows()) == set(answers.select(columns).iter_rows())


def test_answers_are_the_drop_down_texts_of_the_rules(answers):
    rules = load_rules()
    for row in answers.iter_rows(named=True):
        assert row["ticket_id"] == ticket_id(row["rule_id"], row["entity_key"])
        assert rules[row["rule_id"]].said(row["true_answer"]) is not None
        if row["behaviour"] == "none":
            assert row["answer_code"] is None
            continue
        said = rules[row["rule_id"]].said(row["answer_code"])
        assert said is not None
        assert said.needs_value == (row["given_value"] is not None)


def test_every_behaviour_occurs(answers):
    assert set(answers["behaviour"]) == {"right", "wrong", "dispute", "late", "none"}


def test_right_grids_are_in_force_in_the_township_and_wrong_ones_nowhere(prefecture, answers):
    grids = current(prefecture.files, 1)["F36"].filter(
        (pl.col("level_name") == "网格") & pl.col("valid_to").is_null()
    )
    live = set(grids["unit_code"])
    survey = answers.filter(pl.col("rule_id") == "R11")
    assert survey.height
    for row in survey.iter_rows(named=True):
        assert row["true_value"] in live
        assert row["true_value"].startswith(row["township_code"])
        if row["behaviour"] == "wrong":
            assert row["given_value"] not in live


def test_only_right_answers_flip_back(prefecture, answers):
    flips = prefecture.table("defects").filter((pl.col("rule_id") == "R46") & (pl.col("kind") == "defect"))[
        "entity_key"
    ]
    assert len(flips) >= 3
    assert set(flips) <= set(answers.filter(pl.col("behaviour") == "right")["ticket_id"])
