from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.ingest.bronze import distinct


@given(st.lists(st.lists(st.integers(0, 40), max_size=20), max_size=8))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.parametrize("held", [5, 10_000])
def test_as_many_as_a_set_would_hold(tmp_path_factory, held: int, blocks: list[list[int]]):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(distinct, "HELD", held)
        keys = distinct.DistinctKeys(Path(tmp_path_factory.mktemp("keys")))
        for block in blocks:
            keys.add(pl.Series([f"{n * 2**58:032x}"[-16:] + "0" * 16 for n in block], dtype=pl.String))
        count, least = keys.finish(smallest=3)
    known = sorted({n % 64 * 2**58 for block in blocks for n in block})
    assert (count, least.to_list()) == (len(known), known[:3])
