-- The same rules as a good engineer would write them by hand: one statement over the same tables, failing keys
-- and nothing else. $as_of is the business date. A rule of expectations/rules.yaml that is not here is reported.
SELECT unnest(list_filter([
        CASE WHEN id_defect IS NOT NULL THEN 'R01' END,
        CASE WHEN identity_conflict IS NOT NULL THEN 'R02' END
    ], lambda r: r IS NOT NULL)) AS rule_id, entity_key
FROM lake.verify.identity_claim
WHERE id_defect IS NOT NULL OR identity_conflict IS NOT NULL
UNION ALL
SELECT 'R05', entity_key FROM lake.verify.credit_code WHERE uscc_defect IS NOT NULL
UNION ALL
SELECT 'R07', entity_key FROM lake.verify.division_claim WHERE division_defect IS NOT NULL
UNION ALL
SELECT 'R08', entity_key FROM lake.verify.registered_person WHERE active_household_count > 1
UNION ALL
SELECT 'R11', entity_key FROM lake.verify.survey_residence WHERE grid_defect IS NOT NULL
UNION ALL
SELECT 'R15', entity_key FROM lake.verify.household_head WHERE head_state <> 'one_head'
UNION ALL
SELECT 'R17', entity_key FROM lake.verify.life_state
WHERE days_since_death > (
    SELECT max(value) FROM lake.reference.rule_parameter
    WHERE rule_id = 'R17' AND parameter = 'grace_days'
        AND valid_from <= $as_of AND (valid_to IS NULL OR valid_to > $as_of)
)
UNION ALL
SELECT 'R20', entity_key FROM lake.verify.benefit_payee WHERE months_paid_after_death > 0
UNION ALL
SELECT 'R21', entity_key FROM lake.verify.old_age_band
WHERE birth_date IS NOT NULL AND (min_age IS NULL OR age_years < min_age OR youngest_age > max_age)
UNION ALL
SELECT 'R22', entity_key FROM lake.verify.old_age_entitlement
WHERE last_paid_month IS NULL OR last_paid_month < latest_month
UNION ALL
SELECT 'R25', entity_key FROM lake.verify.disability_card WHERE card_state <> 'ok'
UNION ALL
SELECT 'R35', entity_key FROM lake.verify.enterprise_insured WHERE insured_after_cancellation > 0
UNION ALL
SELECT 'R36', entity_key FROM lake.verify.enterprise_site WHERE here_count = 0 AND elsewhere_count > 0
UNION ALL
SELECT 'R37', entity_key FROM lake.verify.business_sign
WHERE uscc_defect IS NULL
    AND least(months_old, months_undeclared, months_uninsured, months_unlicensed) >= (
    SELECT max(value) FROM lake.reference.rule_parameter
    WHERE rule_id = 'R37' AND parameter = 'silent_months'
        AND valid_from <= $as_of AND (valid_to IS NULL OR valid_to > $as_of)
)
UNION ALL
SELECT 'R38', entity_key FROM lake.verify.grant_payment
WHERE (status_name IN ('注销', '吊销') AND cancelled_date < record_date)
    OR (needed_title IS NOT NULL AND title_record_no IS NULL) OR earlier_record_no IS NOT NULL
UNION ALL
SELECT 'R39', entity_key FROM lake.verify.industry_claim WHERE class_code <> taxed_class_code
UNION ALL
SELECT 'R41', entity_key FROM lake.verify.hazard
WHERE (is_open AND days_overdue > 0) OR (NOT is_open AND evidence_no IS NULL) OR reopen_count >= (
    SELECT max(value) FROM lake.reference.rule_parameter
    WHERE rule_id = 'R41' AND parameter = 'reopen_limit'
        AND valid_from <= $as_of AND (valid_to IS NULL OR valid_to > $as_of)
)
UNION ALL
SELECT 'R42', entity_key FROM lake.verify.inspected_item
WHERE days_apart <= (
    SELECT max(value) FROM lake.reference.rule_parameter
    WHERE rule_id = 'R42' AND parameter = 'days_apart'
        AND valid_from <= $as_of AND (valid_to IS NULL OR valid_to > $as_of)
)
UNION ALL
SELECT 'R44', entity_key FROM lake.verify.land_subsidy
WHERE claim_count > 1 OR (gone_count = member_count AND days_unchanged >= (
    SELECT max(value) FROM lake.reference.rule_parameter
    WHERE rule_id = 'R44' AND parameter = 'gone_days'
        AND valid_from <= $as_of AND (valid_to IS NULL OR valid_to > $as_of)
)) OR subsidy_area > contract_area_mu * (
    SELECT max(value) FROM lake.reference.rule_parameter
    WHERE rule_id = 'R44' AND parameter = 'area_share'
        AND valid_from <= $as_of AND (valid_to IS NULL OR valid_to > $as_of)
)
UNION ALL
SELECT 'R45', entity_key FROM lake.verify.repeated_report WHERE basis <> 'linked'
UNION ALL
SELECT 'R46', entity_key FROM lake.verify.corrected_value
WHERE source_state NOT IN ('not_redelivered', 'confirmed', 'superseded')
UNION ALL
SELECT 'R47', entity_key FROM lake.verify.delivery WHERE breaker_code IS NOT NULL
