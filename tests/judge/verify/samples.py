"""One small table per suite: a good row, the failing rows of each rule, and what must not fire."""

# table -> (decisive and evidence columns, {entity_key: values})
TABLES = {
    "licensed_place": (
        "name, business_type, licence_kind, licence_no, uscc, licence_status, valid_to DATE, licence_lack, "
        "licence_defect",
        {
            "good": ("张家旅馆", "旅馆", "特种行业许可证", "L1", None, "有效", "2025-01-01", None, None),
            "unlicensed": ("李家旅馆", "旅馆", "特种行业许可证", None, None, None, None, "not_found", "unlicensed"),
        },
    ),
    "responsible_stock": (
        "place_kind, place_name, item_name, quantity DECIMAL(18,2), minimum_quantity DECIMAL(18,2), unit, "
        "expiry_date DATE, responsible_name, death_date DATE, listed_on DATE, stock_defect",
        {
            "good": ("仓库", "甲库", "沙袋", "5", "5", "条", None, "张三", None, None, None),
            "short": ("仓库", "甲库", "雨衣", "4", "5", "件", None, "张三", None, None, "short"),
            "dead": ("点位", "乙塘", *[None] * 5, "李四", "2024-01-05", "2024-01-31", "responsible_dead"),
        },
    ),
    "identity_claim": (
        "name, id_no, birth_date DATE, sex_code, id_defect, identity_conflict, id_field",
        {
            "good": ("张三", "370602199001011234", "1990-01-01", "1", None, None, "id_no"),
            "checksum": ("李四", "370602199001011235", "1990-01-01", "1", "checksum", None, "husband_id_no"),
            "birth": ("王'五", "370602199001011236", "1990-01-02", "1", None, "birth", "id_no"),
        },
    ),
    "credit_code": (
        "name, uscc, uscc_defect",
        {"good": ("甲公司", "91370602MA3C0000XX", None), "legacy": (None, "370602000000001", "legacy")},
    ),
    "division_claim": (
        "name, division_code, division_defect, claimed_on DATE",
        {
            "good": ("张三", "370602001001", None, "2024-01-31"),
            "retired": ("李四", "370634001001", "retired_on_date", "2024-01-31"),
        },
    ),
    "registered_person": (
        "name, id_no, active_household_count BIGINT, household_nos",
        {"good": ("张三", "1", 1, "H1"), "none": ("赵六", "3", 0, None), "two": ("李四", "2", 2, "H1、H2")},
    ),
    "survey_residence": (
        "name, id_no, grid_code, grid_defect, house_grid_code, house_no, village_name, house_address, living_type, "
        "survey_date DATE",
        {
            "good": ("张三", "1", "370602001001001", None, "370602001001001", "1", "甲村", "1号", "自有", "2024-01-05"),
            "missing": ("李四", None, None, "missing", "370602001001001", "2", "甲村", "某路2号", "租住", "2024-01-05"),
        },
    ),
    "household_head": (
        "household_no, head_state, head_count BIGINT, member_count BIGINT",
        {
            "good": ("H1", "one_head", 1, 3),
            "none": ("H2", "no_head", 0, 2),
            "dead": ("H3", "dead_head", 1, 2),
        },
    ),
    "life_state": (
        "name, id_no, status_name, death_date DATE, death_feed, death_source_ref, life_word, days_since_death BIGINT",
        {
            "alive": ("张三", "1", "正常", None, None, None, None, None),
            "fresh": ("李四", "2", "正常", "2024-01-01", "F03", "F03/d/2", None, 30),
            "late": ("王五", "3", "正常", "2023-12-31", "F04", "F04/d/2", "健在", 31),
        },
    ),
    "benefit_payee": (
        "name, id_no, scheme_name, death_date DATE, death_feed, death_source_ref, life_word, "
        "months_paid_after_death BIGINT, "
        "amount_after_death DECIMAL(18,2), first_month, last_paid_month, latest_month, after_death_state",
        {
            "good": ("张三", "1", "低保", None, None, None, None, 0, None, "2023-11", "2024-01", "2024-01", None),
            "dead": (
                "李四", "2", "低保", "2023-10-05", "F03", "F03/d/3", None, 3, "1500.00", "2023-11", "2024-01",
                "2024-01", "still_paid",
            ),
            "unknown": (
                "王五", "3", "护理补贴", "2023-10-05", "F03", "F03/d/4", None, 1, None, "2023-11", "2023-12", "2024-01",
                "not_paid",
            ),
        },
    ),
    "old_age_band": (
        "name, id_no, birth_date DATE, age_years BIGINT, band_name, youngest_age BIGINT, min_age BIGINT, "
        "max_age BIGINT, last_paid_month",
        {
            "good": ("张三", "1", "1940-01-01", 84, "80-89岁", 84, 80, 89, "2024-01"),
            "young": ("李四", "2", "1950-01-01", 74, "80-89岁", 74, 80, 89, "2024-01"),
            "old": ("王五", "3", "1930-01-01", 94, "80-89岁", 94, 80, 89, "2024-01"),
            "unborn": ("赵六", "4", None, None, "八十", None, None, None, "2024-01"),
        },
    ),
    "old_age_entitlement": (
        "name, id_no, birth_date DATE, age_years BIGINT, last_paid_month, latest_month, county_code",
        {
            "paid": ("张三", "1", "1940-01-01", 84, "2024-01", "2024-01", "370602"),
            "never": ("李四", "2", "1940-01-01", 84, None, "2024-01", "370602"),
            "stopped": ("王五", "3", "1940-01-01", 84, "2023-11", "2024-01", "370685"),
        },
    ),
    "disability_card": (
        "name, card_no, class_code, level_code, valid_to DATE, subsidy_status, card_state, faulty_field, faulty_value",
        {
            "good": ("张三", "1", "1", "2", "2030-01-01", "发放", "ok", None, None),
            "expired": ("李四", "2", "1", "2", "2020-01-01", "发放", "expired_paid", "valid_to", "2020-01-01"),
        },
    ),
    "enterprise_insured": (
        "name, uscc, status_name, cancelled_date DATE, insured_after_cancellation BIGINT, last_period_month, "
        "insured_source_ref",
        {
            "good": ("甲公司", "1", "注销", "2023-01-01", 0, None, None),
            "bad": ("乙公司", "2", "注销", "2023-01-01", 4, "2023-12", "F17/d/7"),
        },
    ),
    "enterprise_site": (
        "name, uscc, address, registered_township_name, place_name, place_address, place_source_ref, "
        "here_count BIGINT, elsewhere_count BIGINT, enterprise_id",
        {
            "good": ("甲公司", "1", "1号", "甲街道", "甲店", "2号", "F26/d/1", 1, 1, "f1"),
            "moved": ("乙公司", "2", "1号", "甲街道", "乙店", "3号", "F26/d/2", 0, 1, "f2"),
        },
    ),
    "business_sign": (
        "uscc, uscc_defect, name, established_date DATE, months_old BIGINT, last_declared_month, last_insured_month, "
        "licensed_until DATE, months_undeclared BIGINT, months_uninsured BIGINT, months_unlicensed BIGINT, "
        "enterprise_id",
        {
            "busy": ("1", None, "甲公司", "2019-01-01", 60, "2024-01", None, None, 0, None, None, "f1"),
            "young": ("2", None, "乙公司", "2023-02-01", 11, None, None, None, None, None, None, "f2"),
            "wrong_code": ("3", "length", "丙公司", "2019-01-01", 60, None, None, None, None, None, None, "f3"),
            "licensed": ("4", None, "丁公司", "2019-01-01", 60, None, None, "2029-01-01", None, None, -60, "f4"),
            "unborn": ("5", None, "戊公司", None, None, None, None, None, None, None, None, "f5"),
            "idle": ("6", None, "己公司", "2019-01-01", 60, "2023-01", "2022-01", None, 12, 24, None, "f6"),
            "never": ("7", None, "庚公司", "2023-01-01", 12, None, None, None, None, None, None, "f7"),
        },
    ),
    "industry_claim": (
        "name, uscc, industry_code, taxed_industry_code, taxed_source_ref, class_code, class_name, taxed_class_code, "
        "taxed_class_name, enterprise_id",
        {
            "good": ("甲公司", "1", "8113", "O8012", "F16/d/1", "8113", "修理", "8113", "修理", "f1"),
            "no_class": ("乙公司", "2", "52", "5211", "F16/d/2", None, None, "5211", "百货零售", "f2"),
            "differs": ("丙公司", "3", "5211", "3130", "F16/d/3", "5211", "百货零售", "3130", "钢压延加工", "f3"),
        },
    ),
    "land_subsidy": (
        "contract_code, parcel_code, parcel_name, head_name, head_id_no, subsidy_year, amount DECIMAL(18,2), "
        "member_count BIGINT, gone_count BIGINT, changed_on DATE, days_unchanged BIGINT, claim_count BIGINT, "
        "contract_area_mu DECIMAL(18,2), subsidy_area DECIMAL(18,2), head_person_id",
        {
            "good": ("c1", "p1", "东", "张三", "1", "2023", "9", 2, 1, "2020-01-01", 999, *[None] * 3, "h1"),
            "fresh": ("c2", "p1", "东", "张三", "1", "2023", "9", 2, 2, "2023-11-03", 89, None, None, None, "h1"),
            "gone": ("c3", "p1", "东", "张三", "1", "2023", "9", 2, 2, "2023-11-02", 90, None, None, None, "h1"),
            "twice": ("c4", "p2", "西", "李四", "2", "2023", "9", *[None] * 4, 2, None, None, None),
            "measured": ("c5", "p3", "南", "王五", "3", "2023", "9", *[None] * 5, "2.00", "2.10", "h3"),
            "larger": ("c6", "p4", "北", "赵六", "4", "2023", "9", *[None] * 5, "2.00", "2.11", "h4"),
        },
    ),
    "grant_payment": (
        "holder_name, uscc, programme_name, project_name, instalment BIGINT, total_amount DECIMAL(18,4), amount_unit, "
        "record_date DATE, status_name, cancelled_date DATE, needed_title, title_record_no, earlier_record_no, "
        "earlier_source_ref, enterprise_id",
        {
            "good": (
                "甲", "1", "高企认定奖补", None, 1, "10", "万元", "2023-06-01", "注销", "2023-07-01", "高企", "9", None,
                None, "f1",
            ),
            "cancelled": ("乙", "2", "奖补", None, 1, "10", "万元", "2023-08-01", "吊销", "2023-07-01",
                          *[None] * 4, "f2"),
            "no_title": ("丙", "3", "高企认定奖补", None, 1, "10", "万元", "2023-08-01", "存续", None, "高企",
                         *[None] * 4),
            "twice": ("丁", "4", "技改", "项目", 1, "10", "万元", "2023-08-01", "存续", *[None] * 3, "7",
                      "F34/d/7", "f4"),
        },
    ),
    "hazard": (
        "hazard_no, place_name, address, department_name, item_name, level_name, due_date DATE, closed_date DATE, "
        "is_open BOOLEAN, days_overdue BIGINT, evidence_no, reopen_count BIGINT, status_name, enterprise_id",
        {
            "good": ("1", *["甲"] * 5, "2024-01-31", None, True, 0, None, 1, "整改中", "f1"),
            "closed": ("2", *["甲"] * 5, "2024-01-01", "2024-01-20", False, None, "Z1", None, "已销号", "f1"),
            "late": ("3", *["甲"] * 5, "2024-01-30", None, True, 1, None, 0, "整改中", "f1"),
            "unproven": ("4", *["甲"] * 5, "2024-01-30", "2024-01-20", False, None, None, 0, "已销号", None),
            "again": ("5", *["甲"] * 5, "2024-02-28", None, True, -28, None, 2, "重新整改", "f1"),
        },
    ),
    "inspected_item": (
        "place_name, address, item_name, department_name, inspection_no, checked_date DATE, earlier_department_name, "
        "earlier_inspection_no, earlier_checked_date DATE, earlier_source_ref, days_apart BIGINT, enterprise_id",
        {
            "good": ("甲", "1号", "通道", "应急", "J2", "2024-01-31", "消防", "J1", "2023-12-31", "F25/d/1", 31, "f1"),
            "bad": ("乙", "2号", "通道", "应急", "J4", "2024-01-30", "消防", "J3", "2023-12-31", "F25/d/3", 30, None),
        },
    ),
    "repeated_report": (
        "basis, report_no, class_words, reported_at TIMESTAMP, status_name, earlier_feed, earlier_report_no, "
        "earlier_reported_at TIMESTAMP, earlier_source_ref",
        {
            "linked": ("linked", "2", "噪声", "2024-01-10 09:00", "办结", "F28", "1", "2024-01-10 08:00", "F28/d/1"),
            "alike": ("same_part", "3", "路灯", "2024-01-10 09:00", "办结", "F28", "1", "2024-01-10 08:00", "F28/d/1"),
        },
    ),
    "corrected_value": (
        "field, wrong_value, new_value, source_state, redelivered_on DATE",
        {
            "ticket-1": ("grid_code", "", "370602001001001", "not_redelivered", None),
            "ticket-2": ("grid_code", "9", "370602001001001", "flip_back", "2024-01-31"),
            "ticket-3": ("grid_code", "9", "370602001001001", "confirmed", "2024-01-31"),
        },
    ),
    "delivery": (
        "delivery_id, delivered_on DATE, file_name, breaker_code, breaker_message, rows_in BIGINT, "
        "rows_quarantined BIGINT",
        {
            "good": ("d1", "2024-01-31", "a.csv", None, None, 10, 0),
            "held": ("d2", "2024-01-31", "b.csv", "E_ENCODING", "文件编码无法识别", 0, 1),
        },
    ),
}
FEEDS = {
    "licensed_place": "F26",
    "responsible_stock": "F24",
    "survey_residence": "F31",
    "credit_code": "F14",
    "enterprise_insured": "F14",
    "corrected_value": "F31",
    "old_age_band": "F10",
    "benefit_payee": "F08",
    "disability_card": "F11",
    "business_sign": "F14",
    "enterprise_site": "F14",
    "grant_payment": "F34",
    "hazard": "F25",
    "industry_claim": "F14",
    "inspected_item": "F25",
    "land_subsidy": "F23",
    "repeated_report": "F29",
}
DEPARTMENTS = {
    "F01": "public_security",
    "F08": "civil_affairs",
    "F10": "civil_affairs",
    "F11": "disabled_federation",
    "F14": "market_regulation",
    "F23": "agriculture",
    "F24": "emergency",
    "F25": "emergency",
    "F26": "fire_rescue",
    "F29": "hotline_centre",
    "F31": "grid_centre",
    "F34": "industry_information",
}

# rule -> entities it must name
FAILING = {
    "R01": {"checksum"},
    "R02": {"birth"},
    "R05": {"legacy"},
    "R07": {"retired"},
    "R08": {"two"},
    "R11": {"missing"},
    "R15": {"none", "dead"},
    "R17": {"late"},
    "R20": {"dead", "unknown"},
    "R21": {"young", "old"},
    "R22": {"never", "stopped"},
    "R25": {"expired"},
    "R35": {"bad"},
    "R36": {"moved"},
    "R37": {"idle", "never"},
    "R38": {"cancelled", "no_title", "twice"},
    "R39": {"differs"},
    "R40": {"unlicensed"},
    "R41": {"late", "unproven", "again"},
    "R42": {"bad"},
    "R43": {"short", "dead"},
    "R44": {"gone", "twice", "larger"},
    "R45": {"alike"},
    "R46": {"ticket-2"},
    "R47": {"held"},
}


def create(con, table):
    """Create one verify table with its sample rows."""
    columns, rows = TABLES[table]
    typed = ", ".join(c if " " in c else f"{c} VARCHAR" for c in columns.split(", "))
    keys = ", ".join(
        f"{k} VARCHAR"
        for k in ("entity_key", "group_key", "township_code", "feed", "record_key", "source_ref", "person_id")
    )
    con.execute(f"CREATE OR REPLACE TABLE lake.verify.{table} ({keys}, {typed})")
    for number, (entity, values) in enumerate(rows.items()):
        feed = FEEDS.get(table, "F01")
        head = (entity, f"g-{entity}", "370602001", feed, f"r-{entity}", f"{feed}/20240131-aaaaaaaa/{number}",
                None if entity == "checksum" else f"p-{entity}")  # fmt: skip
        con.execute(
            f"INSERT INTO lake.verify.{table} VALUES ({', '.join('?' * (7 + len(values)))})", [*head, *values]
        )
