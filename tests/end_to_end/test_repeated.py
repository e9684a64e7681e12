"""Runs that are repeated, or robbed of their lake, end in the same content."""

from tests.end_to_end.conftest import IRREPLACEABLE, TELL, content, copy, run


def test_the_story_told_twice_changes_nothing_and_says_so(story, undisturbed, tmp_path):
    paths = copy(story[0], tmp_path / "data")
    sets = {p: p.stat().st_mtime_ns for p in paths.returns.rglob("*") if p.is_file()}
    printed = run(paths, *TELL)
    assert "Nothing changed" in printed
    assert content(paths) == undisturbed
    assert sets and {p: p.stat().st_mtime_ns for p in paths.returns.rglob("*") if p.is_file()} == sets


def test_a_deleted_lake_is_rebuilt_with_equal_content(story, undisturbed, tmp_path):
    rebuilt = copy(story[0], tmp_path / "data", IRREPLACEABLE)
    run(rebuilt, "turn", "2024-02-29")
    assert content(rebuilt) == undisturbed
