"""Every way a row or a delivery can fail, and the Chinese words for it.

Belongs here: codes and messages: what, and what to do next. Does not belong here: deciding that something
failed. Messages never hold a value of a cell.
"""

from dataclasses import dataclass

from pipelines.ingest.landing.delivery import FOLDER, LINK, SPECIAL, UNREADABLE
from pipelines.kit import incidents


@dataclass(frozen=True)
class Problem:
    """`what` happened and what to do `next`; both Chinese, without a full stop."""

    what: str
    next: str


ROW = {
    "E_ID_NUMERIC": Problem("被存成数字，号码已不可信", "请将该列设为文本后重填"),
    "E_PLACEHOLDER": Problem("写的是占位符（如“无”、全 0、顺序数），不是号码", "请补填真实号码后重报"),
    "E_INVISIBLE": Problem("含有看不见的控制符号（如 NUL、改变文字方向的符号）", "请清除后重填"),
    "E_FORMULA": Problem("是公式", "请改为文本值后重填"),
    "E_PRECISION": Problem("是超过 15 位的数字，末尾几位已丢失", "请将该列设为文本后重填"),
    "E_DATE": Problem("不是可识别的日期", "请写成 2024-01-03 的形式后重填"),
    "E_MONTH": Problem("不是可识别的月份", "请写成 2024-01 的形式后重填"),
    "E_MONTH_AHEAD": Problem("晚于文件的所属期", "请核对年月，确属以后月份的随该月报送"),
    "E_NUMBER": Problem("不是可识别的数字，或小数位数过多", "请只填数字后重填"),
    "E_REQUIRED": Problem("必填项为空", "请补填后重报"),
    "E_FIELDS": Problem("字段个数与表头不一致", "请检查该行的逗号与引号"),
    "E_QUOTE": Problem("引号没有成对", "请检查该行的引号，内容中的引号应写成两个"),
    "E_BYTES": Problem("有无法解码的字符", "请以 UTF-8 或 GB18030 重新导出"),
    "E_NO_HEADING": Problem("所在工作表没有约定的表头，无法对应到列", "请在该表第一行补上表头后重报"),
    "E_TAIL": Problem("写着合计或附注，同一行却有一条记录", "请补正该格，或将合计、附注另起一行后重报"),
    "E_UNFINISHED": Problem("是最后一行而之后没有换行，可能在中间断开", "请核对该行末尾，在其后换行再重报"),
    "E_TIME": Problem("不是可识别的时间", "请写成 2024-01-03 08:15:00 的形式后重填"),
    "E_GEOMETRY": Problem("不是可读的几何图形", "请核对图形是否闭合、坐标是否为数字，以 GeoJSON 重新导出"),
    "E_VALUE": Problem("不是单个的值（嵌套的对象、列表、二进制、NaN 或 #N/A 之类的错误）", "请改为文本或数字后重报"),
    "E_BLANK_RECORD": Problem("是一条没有任何值的记录", "请补填或删去后重报"),
    "E_RECORD": Problem("不是一条记录", "每条记录应是一个 JSON 对象，请核对后重报"),
    "E_JSON_RECORD": Problem("不是完整的 JSON", "请核对该行后重报"),
    "E_REPEATED_NAME": Problem("同一字段名出现两次", "请只保留一个后重报"),
}

DELIVERY = {
    "E_FILE_OPEN": Problem("无法读取", "请检查后重新上传"),
    "E_INCIDENT": Problem(incidents.WHAT, incidents.NEXT),
    "E_READER": Problem("读取时超出内存或时间限制，或使程序中断，已停止", "请拆成几个较小的文件，或另存为 csv 后重报"),
    "E_CHANGED": Problem("收下后原件被改动，不再可信", "请该部门重新交付，或由管理员从备份恢复原件"),
    "E_MANIFEST": Problem("与随附的清单（.ok 文件）不符", "请核对传输是否完整，连同清单重新交付"),
    "E_PERIOD": Problem("文件名中的所属期不合理", "请改正后重报；确认无误的请与市大数据局联系"),
    "E_SCOPE": Problem("文件名中的范围不是区划表中的代码", "请改正后重报；确为新设区划的请与市大数据局联系"),
    "E_OTHER_PLACE": Problem(
        "内容像是别处的，或与同期的原交付对不上",
        "请核对文件名与导出范围后重报；原交付有误的请先撤回，确认无误的请与市大数据局联系",
    ),
    "E_FILE_NAME": Problem("文件名不符合约定", "请改名后重报"),
    "E_EMPTY": Problem("文件中没有数据行", "请核对导出条件后重报"),
    "E_NIL_REPLACES": Problem(
        "文件中没有数据行，会替代同期已有数据的交付",
        "请核对导出条件后重报；本期确无数据的请与市大数据局联系，放行后才替代",
    ),
    "E_ENCODING": Problem("文件编码无法识别", "请以 UTF-8 或 GB18030 编码重新导出"),
    "E_KIND": Problem("不是可读的数据文件", "请以 xlsx、csv、json、parquet 或 zip 重新导出"),
    "E_WEB_PAGE": Problem("是网页，不是数据（可能是系统的登录页或错误页）", "请重新登录系统后导出"),
    "E_HTML": Problem("网页在表格中间断开，不完整", "请重新导出并核对传输是否完成"),
    "E_XLSX_FORM": Problem("不是可读的工作簿（可能加密）", "请另存为不加密的 xlsx 后重报"),
    "E_XLSX_DAMAGED": Problem("工作簿已损坏或不完整", "请确认在 Excel 中能打开，重新上传"),
    "E_ZIP_BOMB": Problem("压缩内容异常大，已停止读取", "请另存为新的 xlsx 后重报"),
    "E_ZIP_DAMAGED": Problem("压缩包已损坏或不完整", "请确认能解压，重新上传"),
    "E_ZIP_LOCKED": Problem("压缩包有密码", "请去掉密码后重报"),
    "E_ZIP_NESTED": Problem("压缩包里还有压缩包", "请只压缩一层后重报"),
    "E_ZIP_MEMBER": Problem("压缩包内的文件名不可用", "请重新压缩，不带路径和链接"),
    "E_ZIP_OTHER": Problem("压缩包里有别的数据源、所属期、范围或方式的文件", "请按各自的文件名分别重报"),
    "E_JSON": Problem("JSON 不完整或格式有误", "请重新导出或重新获取"),
    "E_JSON_FORM": Problem("JSON 中没有唯一的一组记录", "请只保留一个记录数组，或由市大数据局把记录路径写入合同"),
    "E_JSON_ANSWER": Problem("是接口的错误回答，不是数据", "请核对接口后重新获取，或由市大数据局把成功码写入合同"),
    "E_JSON_PART": Problem("接口的回答只是一部分记录", "请取齐各页后重报；确已取齐的请与市大数据局联系"),
    "E_PARQUET": Problem("Parquet 已损坏或不完整", "请重新导出"),
    "E_INT96": Problem(
        "时间列是 INT96，没有说明时区", "请改存为文本（如 2024-01-03 08:15:00）或带时区的时间戳（TIMESTAMP）后重报"
    ),
    "E_SHAPE": Problem("矢量图层不完整或已损坏", "请把 shp、shx、dbf、prj 一起压缩成 zip 后重报"),
    "E_MACRO": Problem("工作簿含有宏", "请另存为不含宏的 xlsx 后重报"),
    "E_HEADER": Problem(
        "找不到约定的表头，或表头上方有数据行", "请核对表头文字；如打开为乱码，请以 UTF-8 或 GB18030 重新导出"
    ),
    "E_SIDE_BY_SIDE": Problem("一份名单分成左右几栏并排", "请上下排成一栏后重报"),
    "E_UNIT": Problem("数值的单位与约定不同", "请按约定的单位填写并改正表上的单位；一向用该单位的请与市大数据局约定"),
    "E_COLUMN_MISSING": Problem("缺少必填的列", "请补齐该列；如表头已改名，请与市大数据局更新数据合同"),
    "E_QUARANTINE_SHARE": Problem("不能入库的行过多", "请按各行原因修正后整份重报"),
    "E_DUPLICATE_SHARE": Problem("主键重复的行过多", "请核对是否重复导出后整份重报"),
    "E_ROW_COUNT": Problem("行数与以往相差过大", "请核对导出范围；确认无误的请与市大数据局联系"),
    "E_COLUMN_LOST": Problem("一向有值的列不见了", "请补齐后整份重报；确已取消该列的请与市大数据局联系"),
    "E_COLUMN_KIND": Problem("列的内容变了样", "请核对各列是否错位或对调后整份重报；确为新的写法请与市大数据局联系"),
    "E_GARBLED": Problem("文字成了乱码", "请检查系统的字符编码后重新导出"),
    "E_TRUNCATED": Problem("文件在一行中间断开，不完整", "请重新导出并核对传输是否完成"),
    "E_INVALID_IDS": Problem("号码校验位不对的值过多", "请核对该列是否错位、截断或被改写后整份重报"),
    "E_DELETE_SHARE": Problem("删除的记录过多", "请核对增量的取数条件；确认无误的请与市大数据局联系"),
    "E_ID_DIGITS": Problem("号码被存成数字，且位数不一，开头的 0 可能已丢失", "请将该列设为文本后整份重报"),
    "E_IDS_SHIFTED": Problem("许多人的号码与上次相同而姓名不同", "请核对号码列是否错行后整份重报"),
    "E_KEYS_VANISHED": Problem("上次的记录大批不见了", "请核对导出范围与主键；确认无误的请与市大数据局联系"),
}

# Of a file in which nothing stands at all: what is wrong with it as a nil return.
BLANK = "连表头也没有，零报告也要有表头"

# What was found in place of a file, by `Delivery.kind`.
NOT_A_FILE = {
    FOLDER: "是文件夹，不是文件",
    LINK: "是指向别处的链接，不是文件",
    SPECIAL: "是管道或设备，不是文件",
    UNREADABLE: "没有读取权限，或存储出错",
}


def place(file: str, sheet: str | None = None, row: int | None = None, heading: str | None = None) -> str:
    """Where, in Chinese: 文件「…」工作表「…」第 5 行「身份证号」列."""
    parts = [f"文件「{file}」"]
    parts += [f"工作表「{sheet}」"] if sheet else []
    parts += [f"第 {row} 行"] if row else []
    parts += [f"「{heading}」列"] if heading else []
    return "".join(parts)


def reason(problem: Problem, detail: str = "") -> str:
    """What and what next, as the second half of a sentence."""
    added = f"（{detail}）" if detail else ""
    return f"{problem.what}{added}，{problem.next}。"
