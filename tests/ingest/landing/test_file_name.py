import pytest

from pipelines.ingest.landing.file_name import FileName, read_name
from pipelines.kit.contracts import load_contracts

FEEDS = load_contracts()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("F01_户籍人口_370600_202401_全量.csv", FileName("370600", "202401", "full")),
        ("F01_户籍人口_370600_202402_增量.csv", FileName("370600", "202402", "delta")),
        ("F03_户籍变动_370600_202401.csv", FileName("370600", "202401", "append")),
        ("F03_户籍变动_370600_202401_增量.csv", FileName("370600", "202401", "append")),
        ("F31_网格摸排_370687_202401.xlsx", FileName("370687", "202401", "full")),
        ("F31_网格摸排_370687_202401_全量.xlsx", FileName("370687", "202401", "full")),
        ("F01_户籍人口_370600_202401.csv", None),
        ("F01_户籍人口_370602_202401_全量.csv", None),
        ("F01_户籍人口_370600_202413_全量.csv", None),
        ("F01_户籍人口_370600_202401_全量.xlsx", FileName("370600", "202401", "full")),
        ("F01_户籍人口_370600_202401_全量.docx", None),
        ("F01_户籍人口_370600_202401_全量.csv.csv", None),
        ("F11_残疾人证_370600_202401_增量.csv", None),
        ("F31_网格摸排_370702_202401.xlsx", None),
    ],
)
def test_what_a_name_says(name: str, said: FileName | None):
    assert read_name(FEEDS[name[:3]], name) == said
