"""The headings of the departments' files, in the order and the words each department uses.

Belongs here: layouts of all twelve feeds. Does not belong here: contracts; the departments never read those.
"""

from pipelines.prefecture.output.workbook import Heading

TITLES = {
    "F01": "户籍人口",
    "F03": "户籍变动",
    "F04": "死亡医学证明",
    "F07": "婚姻登记",
    "F08": "社会救助发放",
    "F10": "高龄津贴发放",
    "F11": "残疾人证",
    "F14": "市场主体登记",
    "F17": "职工参保",
    "F20": "基本医疗参保",
    "F31": "网格摸排",
    "F36": "区划网格",
}
ENCODINGS = {
    "F01": "gb18030",
    "F03": "gb18030",
    "F07": "utf-8-sig",
    "F11": "utf-8-sig",
    "F14": "gb18030",
    "F17": "utf-8-sig",
    "F20": "gb18030",
}
COMPACT_DATES = ("F01", "F03")

CSV = {
    "F01": {
        "id_no": "公民身份号码",
        "name": "姓名",
        "sex_code": "性别",
        "ethnic_code": "民族",
        "birth_date": "出生日期",
        "household_no": "户号",
        "household_type": "户别",
        "relation_code": "与户主关系",
        "hukou_address": "户籍地址",
        "division_code": "行政区划代码",
        "status_name": "户口状态",
        "updated_date": "登记日期",
        "change_type": "变动类型",
    },
    "F03": {
        "event_no": "业务编号",
        "event_type": "事件类型",
        "id_no": "公民身份号码",
        "old_id_no": "变更前身份号码",
        "name": "姓名",
        "old_name": "变更前姓名",
        "event_date": "事件日期",
        "division_code": "行政区划代码",
    },
    "F07": {
        "cert_no": "登记证号",
        "husband_id_no": "男方身份号码",
        "husband_name": "男方姓名",
        "wife_id_no": "女方身份号码",
        "wife_name": "女方姓名",
        "registered_date": "登记日期",
        "registration_type": "登记类型",
    },
    "F11": {
        "card_no": "残疾人证号",
        "name": "姓名",
        "class_code": "残疾类别",
        "level_code": "残疾等级",
        "valid_to": "有效期至",
        "subsidy_type": "补贴类别",
        "subsidy_status": "补贴状态",
        "division_code": "村居代码",
    },
    "F14": {
        "uscc": "统一社会信用代码",
        "name": "企业名称",
        "entity_type": "主体类型",
        "industry_code": "行业代码",
        "capital_text": "注册资本",
        "legal_rep_name": "法定代表人",
        "legal_rep_id_no": "法定代表人身份号码",
        "address": "住所",
        "division_code": "行政区划代码",
        "status_name": "登记状态",
        "established_date": "成立日期",
        "cancelled_date": "注销日期",
        "change_type": "变动类型",
    },
    "F17": {
        "id_no": "公民身份号码",
        "name": "姓名",
        "employer_code": "单位统一社会信用代码",
        "insurance_kind": "险种",
        "period_month": "费款所属期",
        "status_name": "参保状态",
        "start_date": "参保起始日期",
        "stop_date": "停保日期",
    },
    "F20": {
        "id_no": "公民身份号码",
        "name": "姓名",
        "sex_code": "性别",
        "birth_date": "出生日期",
        "insurance_kind": "险种类型",
        "status_name": "参保状态",
        "division_code": "村居代码",
        "last_visit_date": "最近就诊日期",
    },
}

F04 = (
    Heading("cert_no", "死亡证编号", width=20),
    Heading("name", "姓名", "死者信息"),
    Heading("sex_name", "性别", "死者信息", 8),
    Heading("id_no", "公民身份号码", "死者信息", 22),
    Heading("birth_date", "出生日期", "死者信息"),
    Heading("division_code", "常住地区划", "死者信息", 16),
    Heading("death_date", "死亡日期", "死亡信息", 16),
    Heading("death_place", "死亡地点", "死亡信息"),
)
F31 = (
    Heading("survey_no", "登记编号", width=20),
    Heading("grid_code", "网格编码", "房屋信息", 18),
    Heading("house_no", "房屋编号", "房屋信息", 22),
    Heading("house_address", "房屋地址", "房屋信息", 30),
    Heading("name", "姓名", "人员信息"),
    Heading("id_no", "身份证号", "人员信息", 22),
    Heading("phone", "联系电话", "人员信息"),
    Heading("living_type", "居住类型", "人员信息", 10),
    Heading("survey_date", "摸排日期", "摸排情况"),
    Heading("surveyor", "摸排人", "摸排情况"),
)
F36 = (
    Heading("unit_code", "代码", width=18),
    Heading("name", "名称", width=30),
    Heading("level_name", "级别", width=8),
    Heading("parent_code", "上级代码", width=16),
    Heading("valid_from", "生效日期"),
    Heading("valid_to", "失效日期"),
    Heading("successor_code", "替代代码", width=18),
    Heading("grid_officer", "网格员"),
)
F10 = (
    Heading("id_no", "身份证号", width=22),
    Heading("name", "姓名"),
    Heading("birth_date", "出生日期"),
    Heading("band_name", "年龄段"),
    Heading("amount", "发放金额(元)"),
    Heading("pay_month", "发放月份"),
    Heading("status_name", "状态", width=8),
    Heading("certified_date", "最近认证日期"),
    Heading("division_code", "村居代码", width=16),
    Heading("remark", "备注", width=24),
)
_F08_NAMES = (
    "id_no",
    "name",
    "head_id_no",
    "category",
    "amount",
    "pay_month",
    "start_date",
    "stop_date",
    "division_code",
    "bank_tail",
    "remark",
)
_F08_WORDS = (
    (
        "身份证号",
        "姓名",
        "户主身份证号",
        "救助类别",
        "发放金额(元)",
        "发放月份",
        "享受开始日期",
        "停发日期",
        "村居代码",
        "银行卡后四位",
        "备注",
    ),
    (
        "公民身份号码",
        "救助对象姓名",
        "户主公民身份号码",
        "救助类型",
        "发放金额（元）",
        "发放年月",
        "享受起始日期",
        "停止发放日期",
        "所属村居代码",
        "银行卡号后四位",
        "备注",
    ),
    (
        "身份证号码",
        "姓名",
        "户主身份证号码",
        "保障类别",
        "实发金额(元)",
        "所属月份",
        "开始日期",
        "终止日期",
        "村(居)代码",
        "卡号后四位",
        "备注说明",
    ),
    (
        "居民身份证号",
        "享受人姓名",
        "申请人身份证号",
        "救助种类",
        "金额(元)",
        "发放期",
        "纳入日期",
        "停发日期",
        "区划代码",
        "账号后四位",
        "说明",
    ),
)
_F08_ORDERS = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
    (1, 0, 3, 2, 8, 5, 4, 9, 6, 7, 10),
    (8, 1, 0, 2, 3, 6, 7, 5, 4, 9, 10),
    (5, 8, 1, 0, 3, 4, 9, 2, 6, 7, 10),
)


def social_assistance(county: str) -> tuple[Heading, ...]:
    """Headings of F08 in one county: four counties out of four keep four different books."""
    which = int(county) % len(_F08_WORDS)
    words, order = _F08_WORDS[which], _F08_ORDERS[which]
    return tuple(
        Heading(_F08_NAMES[i], words[i], width=22 if "id_no" in _F08_NAMES[i] else 14) for i in order
    )
