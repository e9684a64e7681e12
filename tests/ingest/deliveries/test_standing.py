"""Which of several deliveries counts, case by case (docs/adr/0009-deliveries.md)."""

from datetime import date

from tests.ingest.deliveries.known import known, order, standings, states


def test_the_period_orders_and_not_the_arrival():
    found = standings(
        known(1, "march", "202403", "delta"), known(2, "january", "202401", "full"),
        known(3, "february", "202402", "delta"),
    )  # fmt: skip
    assert order(found) == ["january", "february", "march"]
    assert set(states(found).values()) == {"in_force"}


def test_a_late_full_of_an_older_period_is_history_only():
    found = standings(known(1, "february", "202402", "full"), known(2, "january", "202401", "full"))
    assert order(found) == ["january", "february"]
    assert states(found) == {"february": "in_force", "january": "covered"}
    assert (found["january"].other, found["january"].is_current) == ("february", False)


def test_a_full_covers_its_own_scope_only():
    found = standings(
        known(1, "a1", "202401", "full", scope="370602"), known(2, "b1", "202401", "full", scope="370611"),
        known(3, "a2", "202402", "full", scope="370602"),
    )  # fmt: skip
    assert states(found) == {"a1": "covered", "b1": "in_force", "a2": "in_force"}


def test_within_a_period_what_landed_first_speaks_first_and_a_correction_takes_the_place_of_the_corrected():
    found = standings(
        known(1, "full", "202401", "full"), known(2, "delta", "202401", "delta"),
        known(3, "corrected", "202401", "full"),
    )  # fmt: skip
    assert order(found) == ["corrected", "delta"]
    assert (found["full"].state, found["full"].other) == ("superseded", "corrected")


def test_a_refused_delivery_keeps_the_place_for_the_one_sent_again():
    found = standings(
        known(1, "refused", "202401", "full", status="quarantined"), known(2, "delta", "202401", "delta"),
        known(3, "again", "202401", "full"),
    )  # fmt: skip
    assert order(found) == ["again", "delta"]
    assert found["refused"].state == "refused"


def test_a_refused_correction_corrects_nothing():
    found = standings(known(1, "first", "202401", "full"), known(2, "bad", "202401", "full", status="quarantined"))
    assert states(found) == {"first": "in_force", "bad": "refused"}


def test_the_same_rows_again_change_nothing():
    found = standings(known(1, "csv", "202401", "full"), known(2, "xlsx", "202401", "full"), same="csv=xlsx")
    assert states(found) == {"csv": "in_force", "xlsx": "repeat"}
    assert found["xlsx"].rank is None


def test_an_echo_of_what_was_corrected_is_no_change_of_mind():
    deliveries = (known(1, "a", "202401", "full"), known(2, "b", "202401", "full"), known(3, "a2", "202401", "full"))
    found = standings(*deliveries, same="a=a2")
    assert states(found) == {"a": "superseded", "b": "in_force", "a2": "repeat"}
    assert "请撤回" in found["a2"].note
    found = standings(*deliveries, same="a=a2", withdrawn={"b": date(2024, 1, 9)})
    assert states(found) == {"a": "in_force", "b": "withdrawn", "a2": "repeat"}


def test_a_withdrawal_brings_back_what_was_superseded_and_what_was_covered():
    deliveries = (known(1, "a", "202401", "full"), known(2, "b", "202401", "full"), known(3, "c", "202402", "full"))
    assert states(standings(*deliveries)) == {"a": "superseded", "b": "covered", "c": "in_force"}
    gone = {"b": date(2024, 2, 1), "c": date(2024, 2, 1)}
    assert states(standings(*deliveries, withdrawn=gone)) == {"a": "in_force", "b": "withdrawn", "c": "withdrawn"}


def test_an_echo_goes_with_what_was_withdrawn_but_saying_it_again_afterwards_counts():
    deliveries = (known(1, "a", "202401", "full"), known(5, "echo", "202401", "full"))
    gone = {"a": date(2024, 1, 9)}
    assert states(standings(*deliveries, same="a=echo", withdrawn=gone)) == {"a": "withdrawn", "echo": "repeat"}
    gone = {"a": date(2024, 1, 3)}
    assert states(standings(*deliveries, same="a=echo", withdrawn=gone)) == {"a": "withdrawn", "echo": "in_force"}


def test_a_set_with_a_missing_page_waits_whole_and_counts_when_it_comes():
    first, third = known(1, "p1", "202401", "append", page=1), known(2, "p3", "202401", "append", page=3)
    found = standings(first, third)
    assert states(found) == {"p1": "waiting", "p3": "waiting"}
    assert "缺第 2 页" in found["p1"].note
    found = standings(first, third, known(3, "p2", "202401", "append", page=2))
    assert order(found) == ["p1", "p2", "p3"]
    assert {s.head for s in found.values()} == {"p1"}


def test_the_last_page_is_missed_where_the_pages_say_how_many_they_are():
    found = standings(known(1, "p1", "202401", "append", page=1, pages=2))
    assert (found["p1"].state, "缺第 2 页" in found["p1"].note) == ("waiting", True)


def test_a_refused_page_holds_the_set_back():
    first = known(1, "p1", "202401", "full", page=1)
    second = known(2, "p2", "202401", "full", page=2, status="quarantined")
    assert states(standings(first, second)) == {"p1": "waiting", "p2": "refused"}
    assert order(standings(first, second, known(3, "p2 again", "202401", "full", page=2))) == ["p1", "p2 again"]


def test_refused_and_withdrawn_pages_of_a_correction_leave_the_corrected_set_alone():
    old = (known(1, "o1", "202401", "full", page=1), known(2, "o2", "202401", "full", page=2))
    bad = [known(3 + n, f"n{n + 1}", "202401", "full", page=n + 1, status="quarantined") for n in range(3)]
    assert states(standings(*old, *bad))["o1"] == "in_force"
    good = [known(3 + n, f"n{n + 1}", "202401", "full", page=n + 1) for n in range(3)]
    assert order(standings(*old, *good)) == ["n1", "n2", "n3"]
    gone = {f"n{n}": date(2024, 2, 1) for n in (1, 2, 3)}
    assert order(standings(*old, *good, withdrawn=gone)) == ["o1", "o2"]
    assert states(standings(*old, *good, withdrawn={"n2": date(2024, 2, 1)}))["n1"] == "waiting"


def test_pages_sent_anew_supersede_when_they_are_whole():
    old = (known(1, "o1", "202401", "full", page=1, pages=2), known(2, "o2", "202401", "full", page=2, pages=2))
    begun = known(3, "n1", "202401", "full", page=1, pages=2)
    assert states(standings(*old, begun)) == {"o1": "in_force", "o2": "in_force", "n1": "waiting"}
    found = standings(*old, begun, known(4, "n2", "202401", "full", page=2, pages=2))
    assert states(found) == {"o1": "superseded", "o2": "superseded", "n1": "in_force", "n2": "in_force"}


def test_a_gap_between_deltas_is_noticed_and_closed_by_what_was_missing_or_by_a_full():
    full, march = known(1, "full", "202312", "full"), known(2, "march", "202403", "delta")
    found = standings(full, march)
    assert found["march"].state == "in_force"
    assert "202401、202402" in found["march"].note
    found = standings(full, march, known(3, "jan", "202401", "delta"), known(4, "feb", "202402", "delta"))
    assert [s.note for s in found.values()] == [None] * 4
    assert standings(full, march, known(3, "full again", "202403", "full"))["march"].note is None


def test_a_delta_without_any_full_is_noticed():
    found = standings(known(1, "delta", "202401", "delta"))
    assert (found["delta"].state, "没有全量" in found["delta"].note) == ("in_force", True)


def test_an_unrecognised_file_is_refused():
    nameless = known(1, "x", "202401", "full", status="quarantined")
    nameless = type(nameless)(**{**nameless.record(), "scope": None, "period": None, "mode": None})
    assert states(standings(nameless)) == {"x": "refused"}
