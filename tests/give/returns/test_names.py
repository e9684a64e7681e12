"""A township's name is a part of a file's name, whatever is in it."""

import pytest

from pipelines.give.returns.issue import build_set
from pipelines.kit.paths import Paths
from pipelines.kit.security.keys import KeyProvider
from tests.give.returns.sample import TOWNSHIP, township_return


@pytest.mark.parametrize(
    ("name", "in_file"),
    [
        ("北/南镇", "北／南镇"), ("../../etc", "_.／..／etc"), ("a\nb\u202e", "a_b_"), ("长" * 120, "长" * 66),
        ("向阳街道", "向阳街道"),
    ],
)
def test_any_township_gets_its_set(tmp_path, name, in_file):
    paths = Paths(tmp_path)
    made = build_set(paths, KeyProvider(paths), {}, township_return(2, 3, township_name=name))
    assert made.folder == paths.returns / TOWNSHIP / made.folder.name
    assert [p.name for p in made.folder.glob("*.xlsx")] == [f"返还_{in_file}_{made.folder.name}.xlsx"]
