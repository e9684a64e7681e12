"""How many files are read, told from outside."""

from pipelines.ingest.feeds.tally import Tally
from pipelines.kit.paths import Paths


def test_files_count_as_their_deliveries_come_to_stand(tmp_path):
    paths, heard = Paths(tmp_path), []
    for name in ("earlier-1", "earlier-2"):
        (paths.bronze / "F01" / name).mkdir(parents=True)
    tally = Tally(paths, {"F01": 3, "F11": 1}, lambda *told: heard.append(told))
    tally.begin("F01")
    tally.begin("F11")
    (paths.bronze / "F01" / "new-1").mkdir()
    tally.tell()
    tally.end("F11")
    for name in ("new-2", "new-3", "one of an archive", "another of it"):
        (paths.bronze / "F01" / name).mkdir()
    tally.tell()
    tally.end("F01")
    assert heard == [
        (0, 4, "F01"), (0, 4, "F01、F11"), (1, 4, "F01、F11"), (2, 4, "F01"), (4, 4, "F01"), (4, 4, ""),
    ]  # fmt: skip


def test_what_turns_out_to_be_no_delivery_is_done_all_the_same(tmp_path):
    heard = []
    tally = Tally(Paths(tmp_path), {"F01": 2}, lambda *told: heard.append(told))
    tally.begin("F01")
    tally.end("F01")
    assert heard[-1] == (2, 2, "")
