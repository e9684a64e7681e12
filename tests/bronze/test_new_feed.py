"""A thirteenth feed is one YAML and a data file; no code."""

from pathlib import Path

from pipelines.contracts import load_contracts
from tests.bronze.conftest import Office

CONTRACT = """
apiVersion: v3.1.0
kind: DataContract
id: urn:zhenjie:veterans:veterans
name: 优抚对象
version: 1.0.0
status: active
domain: 民生
servers: [{server: landing, type: local, path: ./landing/F12/*/*.csv, format: csv, encoding: gb18030}]
schema:
  - name: veterans
    businessName: 优抚对象
    properties:
      - {name: id_no, businessName: 身份证号, logicalType: string, primaryKey: true, primaryKeyPosition: 1,
         classification: L4, tags: [identifier, 直接标识符, 'mask:last2']}
      - {name: category, businessName: 优抚类别, logicalType: string, classification: L4}
      - {name: times, businessName: 次数, logicalType: integer, classification: L2}
      - {name: amount, businessName: 金额, logicalType: number, classification: L4}
      - {name: since, businessName: 起始日期, logicalType: date, classification: L4}
customProperties:
  - {property: feedCode, value: F12}
  - {property: departmentSlug, value: veterans_affairs}
  - {property: departmentName, value: 市退役军人局}
  - {property: scope, value: city}
  - {property: deliveryMode, value: full}
  - {property: filePattern, value: '^F12_优抚对象_(?P<scope>370600)_(?P<period>\\d{6})\\.csv$'}
"""


def test_one_contract_and_one_file_arrive_in_bronze(tmp_path: Path):
    folder = tmp_path / "contracts" / "veterans_affairs"
    folder.mkdir(parents=True)
    (folder / "veterans.odcs.yaml").write_text(CONTRACT, encoding="utf-8")
    office = Office(tmp_path / "data", load_contracts(tmp_path / "contracts"))
    text = "身份证号,优抚类别,次数,金额,起始日期\n37060219500101001x,残疾军人,3,812.5,1999.10.1\n"
    result = office.deliver("F12", "F12_优抚对象_370600_202401.csv", text.encode("gb18030"))
    assert (result.status, result.rows_bronze, result.mode) == ("accepted", 1, "full")
    row = office.rows("F12").row(0, named=True)
    assert office.feeds["F12"].table == "veterans_affairs__veterans"
    assert [row["id_no"], row["times"], str(row["amount"]), row["since"].isoformat()] == [
        "37060219500101001X", 3, "812.50", "1999-10-01",
    ]  # fmt: skip
