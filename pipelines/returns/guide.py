"""The words of the sheet 说明, for someone who has never heard of us.

Belongs here: the text. Does not belong here: how it is laid out.
"""

from dataclasses import dataclass

from pipelines.returns.model import TownshipReturn


@dataclass(frozen=True)
class Section:
    """A heading and its lines (label, text)."""

    title: str
    lines: tuple[tuple[str, str], ...]


def chinese_date(iso: str) -> str:
    """'2024-01-31' as 2024年1月31日; anything else unchanged."""
    parts = iso.split("-")
    return "{}年{}月{}日".format(parts[0], *(str(int(p)) for p in parts[1:])) if len(parts) == 3 else iso


def guide(data: TownshipReturn) -> tuple[Section, ...]:
    """The sections of 说明 in reading order."""
    as_of, due = chinese_date(data.as_of.isoformat()), chinese_date(data.due_on.isoformat())
    open_count = len(data.anomalies)
    return (
        Section("一、这是什么文件", (
            ("来由", "市公安、民政、卫健、残联、医保等部门的数据已在市里汇总核对。这个文件把其中属于贵镇街的部分返还给您,"
                     "并列出几处只有基层最清楚、需要您核实的内容。您核实的结果会写回市级数据，之后各部门再用到时就是您更正过的值。"),
            ("数据截至", f"{as_of}（第 {data.issue} 次签发{',代替之前签发的文件' if data.supersedes else ''}）"),
            ("本期内容", f"需要核实 {open_count} 条；辖区人口 {len(data.residents)} 人；特殊人群 {len(data.special_groups)} 条;"
                         f"与上期相比有变化 {len(data.changes)} 条。"),
            ("请在何时交回", f"{due}前" if open_count else "本期没有需要核实的内容，不必交回。"),
        )),
        Section("二、请您做什么", (
            ("第 1 步", "打开「异常清单」（下方第二个标签），从第一行开始，看「问题说明」「依据」「当前值」。需要时电话或上门核实。"),
            ("第 2 步", "点一下这一行黄色的「处理结果」，在右边的小箭头里选一项。红色表示还没有选。各选项的意思见第三部分。"),
            ("第 3 步", "如果选的是「更正网格」，再点「更正值」，从下拉列表里选正确的网格。灰色的「更正值」不用填。"),
            ("第 4 步", "有要补充的情况，写在最后一列「说明」里。可以不写。"),
            ("第 5 步", "打开「回执」，填经办人、联系电话、办理日期、审核人。上一次答复的处理情况也列在那里。"),
            ("第 6 步", "保存（仍保存为 Excel 工作簿 .xlsx;WPS、Excel、LibreOffice 都可以），把文件交回区市数据专员，放入数据返还收件箱。"
                        "不必等全部填完：先填完的可以先交，同一条后交的答复代替先交的。"),
            ("请不要", "不要删除行，不要改动白色单元格和隐藏内容，不要把别的镇街的内容贴进来，不要输入公式。"
                       "改动过的行会被退回，其他行照常办理。可以筛选，可以调整列宽行高，可以打印。"),
        )),
        Section("三、各选项的意思", _choices(data) or (("本期", "没有需要核实的内容。"),)),
        Section("四、数据来自哪里、到哪一天", tuple((row[0], row[1]) for row in data.sources) or (
            ("来源", "本期没有部门数据交付记录。"),
        )),
        Section("五、用途和保密", (
            ("只能用于", "核实本辖区人口、特殊人群和补贴发放情况。其他用途须另行报批。"),
            ("谁可以看", "贵镇街数据专员和直接办理核实的人员。按最小范围分发，不得转发到工作群、网盘或个人邮箱。"),
            ("怎样保管", "文件带口令，口令由市级另行送达，请勿与文件放在一起。办理完毕后删除打印件和解密副本。"),
            ("泄露处置", "发现文件丢失或外传，请立即报告区市数据专员，可撤回本批次。"),
            ("依据", "《中华人民共和国个人信息保护法》《网络数据安全管理条例》《政务数据共享条例》。"),
        )),
        Section("六、遇到问题", (
            ("打不开", "口令在《口令通知单》上，分四组，全部大写，组间有短横线。口令里没有数字 0、1 和字母 I、L、O。"),
            ("数据不对", "「人口」「特殊人群」只供查看，不在这里改。发现错误请写在任意一行的「说明」里，或告知区市数据专员。"),
            ("找谁问", "区市数据专员；电话见《口令通知单》。来电请报工单号（「异常清单」第二列），不要在电话里报身份证号。"),
        )),
    )  # fmt: skip


def _choices(data: TownshipReturn) -> tuple[tuple[str, str], ...]:
    used = {a.rule_id for a in data.anomalies}
    return tuple(
        (question.title, "\n".join(f"选「{choice.code}」：{choice.meaning}" for choice in question.choices))
        for question in data.questions
        if question.rule_id in used
    )
