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
SELECT 'R21', entity_key FROM lake.verify.old_age_band WHERE band_state <> 'ok'
UNION ALL
SELECT 'R22', entity_key FROM lake.verify.old_age_entitlement
WHERE last_paid_month IS NULL OR last_paid_month < latest_month
UNION ALL
SELECT 'R25', entity_key FROM lake.verify.disability_card WHERE card_state <> 'ok'
UNION ALL
SELECT 'R35', entity_key FROM lake.verify.enterprise_insured WHERE insured_after_cancellation > 0
UNION ALL
SELECT 'R46', entity_key FROM lake.verify.corrected_value
WHERE source_state NOT IN ('not_redelivered', 'confirmed', 'superseded')
UNION ALL
SELECT 'R47', entity_key FROM lake.verify.delivery WHERE breaker_code IS NOT NULL
