"""R36 and R40 in the plainest form, on files read back.

Belongs here: what these rules find in a month. Does not belong here: anything of the generator but keys.
"""

from pipelines.kit.keys import entity_key
from prefecture.months import Month
from tests.prefecture.judges.known import heirs
from tests.prefecture.readback import Outbox

_NEEDED = {
    "便利店": "食品经营许可证",
    "小吃店": "小餐饮登记证",
    "旅馆": "特种行业许可证",
    "美容美发店": "公共场所卫生许可证",
    "网吧": "网络文化经营许可证",
    "歌厅": "娱乐经营许可证",
    "诊所": "诊所备案凭证",
    "培训学校": "民办学校办学许可证",
    "食品作坊": "食品小作坊登记证",
}
_LARGEST = 300


def registered_elsewhere(outbox: Outbox, month: Month) -> set[str]:
    """R36: township of registration and of operation differ."""
    units = outbox.known("F36", month).rows(named=True)
    now = heirs(units)
    firms = {r["uscc"]: r for r in outbox.known("F14", month).iter_rows(named=True)}
    found = set()
    for place in outbox.known("F26", month).iter_rows(named=True):
        firm = firms.get(place["uscc"])
        if firm is None or firm["status_name"] != "存续" or place["is_branch"] == "是":
            continue
        code = firm["division_code"]
        if now.get(code, code)[:9] != place["division_code"][:9]:
            found.add(entity_key("F14", firm["uscc"]))
    return found


def licence_and_ledger(outbox: Outbox, month: Month) -> set[str]:
    """R40: places without licence, licences without place."""
    today = month.as_of.isoformat()
    small = [
        licence
        for licence in outbox.known("F15", month).iter_rows(named=True)
        if licence["licence_kind"] in _NEEDED.values()
        and licence["status_name"] == "有效"
        and licence["valid_to"] >= today
    ]
    places = list(outbox.known("F26", month).iter_rows(named=True))
    names = ("licence_no", "uscc", "owner_id_no")
    licensed = {
        (licence["licence_kind"], licence[name])
        for licence in small
        for name in ("licence_no", "uscc", "holder_id_no")
        if licence[name]
    }
    listed = {(_NEEDED.get(place["business_type"]), place[name]) for place in places for name in names if place[name]}
    found = set()
    for place in places:
        kind = _NEEDED.get(place["business_type"])
        if kind and place["status_name"] == "营业" and not {(kind, place[n]) for n in names} & licensed:
            found.add(entity_key("F26", place["place_no"]))
    for licence in small:
        marks = {(licence["licence_kind"], licence[n]) for n in ("licence_no", "uscc", "holder_id_no")}
        if float(licence["premises_area"]) <= _LARGEST and not marks & listed:
            found.add(entity_key("F15", licence["licence_no"]))
    return found
