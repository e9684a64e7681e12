"""How the columns of a delivery differ from those of the deliveries before it.

Belongs here: comparing headings and how far columns are filled. Does not belong here: columns the contract
requires (ingest.py refuses a file without them), values.
"""

from collections.abc import Iterator, Sequence

from pipelines.bronze.profile import Profile
from pipelines.bronze.result import DeliveryResult
from pipelines.contracts import Feed

# A column filled in half of the rows of every earlier delivery is not blank by chance.
_FILLED = 0.5
_ENOUGH_ROWS = 20
_MOSTLY, _HARDLY = 0.95, 0.05


def lost_columns(
    profile: Profile, extra: Sequence[str], alike: Sequence[DeliveryResult], feed: Feed
) -> list[str]:
    """Chinese phrases about optional columns that always had values and are now gone or wholly blank."""
    earlier = [r.profile for r in alike if r.profile.rows >= _ENOUGH_ROWS]
    if not earlier or profile.rows < _ENOUGH_ROWS:
        return []
    known = {h for r in alike for h in r.extra_columns}
    fresh = [h for h in extra if h not in known]
    phrases = []
    for column in feed.columns:
        if profile.filled.get(column.name) or not all(_is_filled(p, column.name) for p in earlier):
            continue
        if column.name in profile.headings:
            phrases.append(f"「{column.label}」全部为空")
        else:
            guess = "，可能改成了" + "".join(f"「{h}」" for h in fresh) if fresh else ""
            phrases.append(f"表头中没有「{column.label}」{guess}")
    return phrases


def changes(profile: Profile, last: DeliveryResult | None, feed: Feed) -> Iterator[str]:
    """Chinese sentences about harmless changes since the last delivery: other headings, order, kind of values."""
    if last is None or not last.profile.headings:
        return
    before = last.profile
    for name, heading in profile.headings.items():
        if before.headings.get(name, heading) != heading:
            yield f"表头由「{before.headings[name]}」改为「{heading}」，仍按「{feed.by_name[name].label}」入库"
    common = [n for n in profile.headings if n in before.headings]
    if common != [n for n in before.headings if n in profile.headings]:
        yield "列的次序与上一次不同，已按表头对应"
    for name, share in profile.digits.items():
        was = before.digits.get(name)
        if was is not None and (was <= _HARDLY and share >= _MOSTLY or was >= _MOSTLY and share <= _HARDLY):
            kinds = ("数字", "文字") if was >= _MOSTLY else ("文字", "数字")
            yield f"「{feed.by_name[name].label}」列上一次几乎都是{kinds[0]}，这一次几乎都是{kinds[1]}，请核对取值"


def _is_filled(profile: Profile, name: str) -> bool:
    return profile.filled.get(name, 0) >= _FILLED * profile.rows
