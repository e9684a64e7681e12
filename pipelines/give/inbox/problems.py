"""Every reason for which a file or a row is not accepted: a code and what to tell the township.

Belongs here: codes and Chinese words, always with sheet, row and column, what is wrong, what to do next;
never a name, an id number or anything typed into the file. Does not belong here: when a reason applies.
"""

from pipelines.give.returns.columns import ANOMALIES

FILE_REASONS = {
    "E_SIZE": "文件超过 {limit} MB，返还的工作簿不会这么大。请用原工作簿重新填写。",
    "E_FORMAT": "不是 Excel 工作簿，或文件不完整。请用原工作簿填写，保存为 .xlsx 后再交。",
    "E_OLD_FORMAT": "是旧版格式（.xls 或 .et），无法检查公式。请打开后另存为 .xlsx 再交。",
    "E_ZIP_BOMB": "解压后大小异常，已拒收。请用原工作簿重新填写。",
    "E_MACRO": "含有宏或嵌入对象（{part}），已拒收。请用原工作簿填写，保存为 .xlsx。",
    "E_EXTERNAL_LINK": "含有指向其他文件的链接（{part}），已拒收。请用原工作簿重新填写。",
    "E_PASSWORD": "打不开：不是本镇街返还时的口令，或者是别的镇街的工作簿，或者文件已损坏。请用本镇街的口令保存，"
    "或取消口令后再交。",
    "E_PASSWORD_WHOSE": "带有口令，但看不出是哪个镇街的。请放到以本镇街 9 位代码命名的文件夹，或取消口令后再交。",
    "E_ODS_LOCKED": "是带口令的 .ods，本系统打不开。请取消口令，或另存为带口令的 .xlsx 再交。",
    "E_UNREADABLE": "无法读取，文件可能已损坏。请用 Excel 或 WPS 打开原工作簿，重新保存后再交。",
    "E_NOT_OURS": "不是返还的工作簿：缺少隐藏工作表「_meta」。请在原工作簿里填写，不要复制到新文件。",
    "E_META_FORGED": "隐藏工作表「_meta」第 {row} 行 {column} 列被改动。请用原工作簿重新填写。",
    "E_CODES_FORGED": "隐藏工作表「_codes」{column} 列（{title}清单）被改动。请用原工作簿重新填写。",
    "E_KEY": "由另一套密钥签发（{key_id}），本系统不能确认。请使用最近一次返还的工作簿。",
    "E_TOWNSHIP": "这是{place}（{township}）的工作簿，却放在 {addressed} 的文件夹。"
    "请放到 {township} 文件夹，或换成自己镇街的工作簿。",
    "E_SET": "对应的返还批次（{as_of} 第 {issue} 次签发）不在台账中。请使用最近一次返还的工作簿。",
    "N_NEXT_TURN": "答复的是 {as_of} 这一轮刚返还的工作簿，本轮已返还，留在收件夹，下一轮办理。",
    "E_SHEET": "缺少工作表「{sheet}」。请用原工作簿重新填写，不要删除或改名工作表。",
    "E_HEADER": "工作表「{sheet}」第 {row} 行 {column} 列的表头被改动，应为「{title}」。请恢复后再交。",
}

ROW_REASONS = {
    "E_FORMULA": "含有公式。请直接选择或输入文字，不要用公式。",
    "E_ROW_FOREIGN": "不是本批次返还的行，或行编号被改动。请不要自行增加行。",
    "E_ID_NUMERIC": "身份证号被存成数字，请将该列设为文本后重填，或恢复原来的内容。",
    "E_ROW_CHANGED": "内容被改动。白色单元格不能改，请恢复原来的内容；有不同意见请写在「说明」里。",
    "E_ROW_DELETED": "这一行已被删除，按未答复处理，下次返还时会再次列出。",
    "E_NOTE_ONLY": "只填了说明，没有选择处理结果，问题仍待答复；说明已存档。请选一项处理结果再交。",
    "E_BLANK": "还没有选择处理结果。可以补填再交；不交的，下次返还时会再次列出。",
    "E_ANSWER_MISSING": "填了更正值，但没有选择处理结果。请从下拉列表选一项。",
    "E_ANSWER_TYPE": "处理结果不是文字。请从下拉列表选一项。",
    "E_ANSWER_UNKNOWN": "处理结果不在下拉列表中。可选：{choices}。",
    "E_VALUE_MISSING": "选了「{answer}」，但没有填更正值。请从下拉列表选择。",
    "E_VALUE_NUMERIC": "更正值被存成数字，可能已经失真。请从下拉列表选择，或将该列设为文本后重填。",
    "E_VALUE_DATE": "更正值变成了日期。请将该列设为文本后重填。",
    "E_VALUE_NOT_ALLOWED": "更正值不是本镇街现有的{title}。请从下拉列表选一项，不要加别的字。",
    "E_VALUE_UNWANTED": "选了「{answer}」，不需要填更正值。请清空更正值，或改选其他处理结果。",
    "E_VALUE_MOVED": "当前值已变为「{value}」（{found_on} 的数据），与这份工作簿里的不同，答复未采用。"
    "请用最近一次返还的工作簿，按新的值核实后再答。",
    "E_VALUE_UNLIKELY": "与同屋其他人登记的网格不在同一村居（见「依据」）。请再核实；确实如此的，"
    "请在「说明」写明原因后再交。",
    "N_VALUE_UNLIKELY": "与同屋其他人登记的网格不在同一村居，已按「说明」采用，并作标注。",
    "E_CONFLICT": "同一工单出现多行（第 {rows} 行），答复不一致，都未采用。请只保留一行。",
    "E_TWO_WORDS": "同一人的第 {rows} 行，有的选健在，有的选已死亡，都未采用。请核实后统一再交。",
    "E_DUPLICATE": "与第 {row} 行是同一工单，答复相同，只计一次。",
    "E_DUPLICATE_FILE": "与本期先交的文件答复相同，只计一次。",
    "E_SUPERSEDED": "本期后来交的文件里有新的答复，以后来的为准。",
    "N_ANSWERED": "这份里没有填；本期另一份文件里已经答复，不用再填。",
    "N_MENDED": "这份里没有通过；后来交的文件里已经改好，不用再改。",
    "E_GROUP": "与它同组的第 {rows} 行未通过，同组一并退回。请改好后一起再交。",
    "E_RULE_RETIRED": "这条规则已停用，不需要再答复。",
    "E_TICKET_UNKNOWN": "台账中没有这个工单。请使用最近一次返还的工作簿。",
    "E_TICKET_CLOSED": "这个工单已办结，不需要再答复。",
    "E_TICKET_SOURCE": "这个工单已转数据源部门办理，目前不需要镇街答复。",
    "E_TICKET_WAITING": "这个工单上次已答复，正在等待核对，不需要再答复。",
}


class Refused(Exception):
    """The whole file is not accepted; `code` is a key of FILE_REASONS."""

    def __init__(self, code: str, facts: dict | None = None) -> None:
        super().__init__(code, facts)
        self.code = code
        self.facts = facts or {}

    @property
    def reason(self) -> str:
        """What to tell the township."""
        return FILE_REASONS[self.code].format_map(self.facts)


def row_reason(
    code: str, sheet_row: int | None = None, column: tuple[str, str] | None = None, **facts: object
) -> str:
    """Sentence for a row: 工作表「异常清单」第 7 行 K 列「处理结果」：… `column`: its letter and its heading."""
    place = f"工作表「{ANOMALIES}」"
    if sheet_row:
        place += f"第 {sheet_row} 行"
    if column is not None:
        place += " {} 列「{}」".format(*column)
    return f"{place}：{ROW_REASONS[code].format_map(facts)}"
