select
    {{ derived_key('household', ['household.household_no']) }} as entity_key,
    household.household_id as group_key,
    household.township_code,
    'F01' as feed,
    household.record_key,
    household.source_ref,
    household.household_no,
    household.household_type,
    household.member_count,
    household.head_count,
    household.head_state
from {{ ref('household') }} as household
where household.household_type = '家庭户' and household.member_count >= 1
