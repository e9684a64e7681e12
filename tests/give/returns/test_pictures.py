"""The township guide shows the workbook as it is: not by pixels, which differ between office programs, but by what they
were drawn from."""

import json
import re
import shutil
import struct

import pytest

from pipelines.kit.paths import PROJECT_ROOT
from tests.give.returns import pictures

GUIDE = (PROJECT_ROOT / "docs" / "镇街使用说明.md").read_text(encoding="utf-8")
AGAIN = "python -m tests.give.returns.pictures"


def test_the_pictures_show_the_workbook_as_it_is(tmp_path):
    recorded = json.loads(pictures.RECORD.read_text(encoding="utf-8"))
    made = pictures.shown(pictures.books(tmp_path))
    assert [name for name, digest in made.items() if recorded.get(name) != digest] == [], f"out of date; {AGAIN}"
    assert recorded.keys() == made.keys()


def test_another_word_or_width_is_another_picture(tmp_path):
    made = pictures.books(tmp_path)
    before = pictures.shown(made)
    again = pictures.shown(pictures.books(tmp_path / "other keys"))
    assert again == before, "check values and keys are not seen"

    def reworded(book):
        book["异常清单"]["H3"].value = "问题"

    def wider(book):
        book["回执"].column_dimensions["B"].width = 40

    for change, changed in ((reworded, {"list", "answering"}), (wider, {"sign_off"})):
        now = pictures.shown(made | {pictures.BOOK: pictures.edit(made[pictures.BOOK], change)})
        assert {name for name in now if now[name] != before[name]} == changed


def test_every_picture_is_in_the_guide_and_small():
    shown = re.findall(r"!\[[^\]]+\]\(pictures/(\w+)\.png\)", GUIDE)
    assert sorted(shown) == sorted(p.name for p in pictures.PICTURES)
    files = sorted(pictures.FOLDER.glob("*.png"))
    assert [file.stem for file in files] == sorted(shown)
    for file in files:
        content = file.read_bytes()
        width, height = struct.unpack(">II", content[16:24])
        assert content.startswith(b"\x89PNG") and len(content) <= 150_000, file.name
        assert 600 <= width <= 1600 and 200 <= height <= 1200, file.name


@pytest.mark.skipif(not (shutil.which("soffice") and shutil.which("pdftotext")), reason="needs LibreOffice and poppler")
def test_the_pictures_can_be_drawn(tmp_path, monkeypatch):
    monkeypatch.setattr(pictures, "FOLDER", tmp_path)
    monkeypatch.setattr(pictures, "RECORD", tmp_path / "shown.json")
    assert pictures.main() == 0
    assert {file.stem for file in tmp_path.glob("*.png")} == {p.name for p in pictures.PICTURES}
    assert (tmp_path / "shown.json").read_bytes() == (PROJECT_ROOT / "docs/pictures/shown.json").read_bytes()
