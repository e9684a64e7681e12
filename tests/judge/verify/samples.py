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
        "name, id_no, birth_date DATE, age_years BIGINT, band_name, band_state, last_paid_month",
        {
            "good": ("张三", "1", "1940-01-01", 84, "80-89岁", "ok", "2024-01"),
            "young": ("李四", "2", "1950-01-01", 74, "80-89岁", "under_age", "2024-01"),
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
}
DEPARTMENTS = {
    "F01": "public_security",
    "F08": "civil_affairs",
    "F10": "civil_affairs",
    "F11": "disabled_federation",
    "F14": "market_regulation",
    "F24": "emergency",
    "F26": "fire_rescue",
    "F31": "grid_centre",
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
    "R21": {"young"},
    "R22": {"never", "stopped"},
    "R25": {"expired"},
    "R35": {"bad"},
    "R40": {"unlicensed"},
    "R43": {"short", "dead"},
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
