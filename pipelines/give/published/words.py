"""What the analysts' file says about itself: its own two tables, and what was done to a column, for its comment.

Belongs here: words. Does not belong here: what a column is (the models' descriptions), generalising (anonymity.py).
"""

from pipelines.give.published.anonymity import Plan

# The table that says how old every source is.
FRESHNESS = "source_freshness"

LIMITS = (
    "k 在 withheld 所列各表中逐表逐期计：已列出的特征都相同的人不少于 k 个，不足 k 的数不公布。k 不管相邻两期之间："
    "人数可能只差几个人，金额因此只给约数。k 也不掩盖一组人共有的情况。合计见 *_total 各表；已公布的格子相加不是合计。"
    "各表统计口径不同（有的只含未隐去的行，有的按已发出的返还表，有的四舍五入），各表之间不能相减，差数不是任何人的数；"
    "隐去也是逐表作的，不得用一张表推算另一张表隐去的数。 "
    "k counts within one table and period of those that withheld names: at least k people agree in all that is shown "
    "of them, no count below k is shown. It does not hold between periods: neighbouring months may differ by few "
    "people, which is why amounts are rounded. Nor does it hide what a whole group has in common. "
    "Totals stand in the *_total tables; the cells shown add up to less, but for tickets, whose rows are added up "
    "until there are k. Tables count on different grounds (rows that were not withheld, return sets as issued, rounded "
    "sums): do not subtract one from another, the difference counts nobody. What is withheld is judged table by table: "
    "do not work out from one what another withholds."
)
# What the two tables about the file itself are, by column.
ABOUT = {
    "": "本文件的数据日期、用途与 k What this file is",
    "as_of": "数据日期 Business date",
    "purpose": "用途 Whom the file and its pseudonyms are for",
    "k": "withheld 所列各表中，任何人至少与 k-1 个其他人无法区分，不足 k 的人数和工单数不公布；"
    "企业表中指个体工商户等代表个人的行 "
    "In the tables that withheld names nobody is told apart from k-1 others and no count below k is shown; "
    "of enterprises, rows that stand for a person",
    "limits": "k 管什么、不管什么 What k covers and what it does not",
    "stale_sources": f"陈旧的来源数 How many sources are stale (one by one in {FRESHNESS})",
    "stale_since": "其中最早欠报的期次 The earliest period owed among them, YYYYMM",
}
WITHHELD = {
    "": "为保护个人而隐去的，每表一行 What was held back for the sake of privacy, a row a table",
    "table_name": "数据表 Table",
    "rows_blanked": "部分列留空的行数 Rows some of whose columns were blanked",
    "rows_withheld": "未出库的行数或未公布的格子数 Rows that do not leave, or cells that are not shown",
}


def remarks(plan: Plan, k: int) -> dict[str, str]:
    """Column -> what was done to it on the way out, to stand behind its description."""
    said: dict[str, list[str]] = {}
    for column in plan.bands:
        said.setdefault(column, []).append("只给分档 Here only in bands.")
    counts = [count for count, *_ in plan.cells]  # never below k, so never below half a unit
    for column, unit in plan.rounded.items():
        zh, en, half = f"四舍五入到 {unit}", f"Rounded to {unit:,}", unit // 2
        if column not in counts:
            zh, en = f"{zh}，不足 {half} 的留空", f"{en}, less than {half} is blank"
        said.setdefault(column, []).append(f"{zh} {en}.")
    if not plan.merged:
        for column in (c for group in plan.cells for c in group):
            said.setdefault(column, []).append(
                f"空白也可能是隐去（不足 {k}，或为不让人由合计推出不足 {k} 的另一个数） "
                f"Blank may mean withheld (fewer than {k}, or beside a number that is, which a total would give away)."
            )
    for column in (*plan.blanked, *(c for group in plan.merged for c in group)):
        said.setdefault(column, []).append(f"空白也可能是隐去（不足 {k}） Blank may mean withheld (fewer than {k}).")
    return {column: " ".join(parts) for column, parts in said.items()}
