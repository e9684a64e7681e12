"""How the columns of a delivery differ from those of the deliveries before it.

Belongs here: comparing headings and how far columns are filled. Does not belong here: columns the contract
requires (tellings.py refuses a file without them), values.
"""

from collections.abc import Iterator, Sequence

from pipelines.ingest.bronze.history import History
from pipelines.ingest.bronze.profile import Profile
from pipelines.ingest.bronze.result import DeliveryResult
from pipelines.kit.contracts import Column, Feed

# Of so many values expected by the habit of earlier deliveries, none is not chance.
_EXPECTED = 20
_ONE_IS_ENOUGH = 0.5
_MOSTLY, _HARDLY = 0.95, 0.05


def lost_columns(profile: Profile, extra: Sequence[str], past: History, feed: Feed) -> list[str]:
    """Chinese phrases about optional columns that always had values and are now gone or wholly blank."""
    earlier = [r.profile for r in past.alike if r.profile.rows >= _EXPECTED]
    known = {h for r in past.alike for h in r.extra_columns}
    fresh = [h for h in extra if h not in known]
    phrases = []
    for column in feed.columns:
        habit = min((p.filled.get(column.name, 0) / p.rows for p in earlier), default=0.0)
        # Of a sorted list a page may end where the values do.
        is_habit = habit >= _ONE_IS_ENOUGH or (len(earlier) > 1 and not past.is_page)
        if profile.filled.get(column.name) or not is_habit or habit * profile.rows < _EXPECTED:
            continue
        if column.name in profile.headings:
            phrases.append(f"「{column.label}」全部为空")
        else:
            guess = "，可能改成了" + "".join(f"「{h}」" for h in fresh) if fresh else ""
            phrases.append(f"表头中没有「{column.label}」{guess}")
    return phrases


def changed_kinds(
    profile: Profile, before: Sequence[DeliveryResult], feed: Feed
) -> Iterator[tuple[Column, str]]:
    """(column, Chinese sentence) of text columns that held words and now hold none, digits and now none, or back, in
    all of `before`."""
    for kind, now, was in (
        ("数字", profile.digits, [r.profile.digits for r in before]),
        ("中文", profile.words, [r.profile.words for r in before]),
    ):
        for name, share in now.items():
            old = [shares[name] for shares in was if name in shares]
            told = _turned(old, share) if old else None
            if told:
                column = feed.by_name[name]
                yield column, f"「{column.label}」列上一次{told[0]}{kind}，这一次{told[1]}{kind}"


def _turned(old: Sequence[float], now: float) -> tuple[str, str] | None:
    if min(old) >= _MOSTLY and now <= _HARDLY:
        return "几乎都是", "几乎没有"
    if max(old) <= _HARDLY and now >= _MOSTLY:
        return "几乎没有", "几乎都是"
    return None


def changes(profile: Profile, before: Sequence[DeliveryResult], feed: Feed) -> Iterator[str]:
    """Chinese sentences about harmless changes since the deliveries it is compared with: other headings or order than
    the last of them, codes for words in all of them."""
    if not before or not before[-1].profile.headings:
        return
    headings = before[-1].profile.headings
    for name, heading in profile.headings.items():
        if headings.get(name, heading) != heading:
            yield f"表头由「{headings[name]}」改为「{heading}」，仍按「{feed.by_name[name].label}」入库"
    common = [n for n in profile.headings if n in headings]
    if common != [n for n in headings if n in profile.headings]:
        yield "列的次序与上一次不同，已按表头对应"
    for column, text in changed_kinds(profile, before, feed):
        if column.code_list:
            yield f"{text}，请核对取值"
