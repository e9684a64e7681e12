-- Every number by which rows may mean an enterprise of the register. One that would mean two (a 注册号 typed twice) means none,
-- and so does one whose check character is wrong; only a right credit code tells its organisation code.
with registered as (
    select
        uscc,
        uscc_defect,
        registration_no,
        substr(uscc, 9, 9) as organisation_code
    from {{ ref('stg_market_regulation__enterprises') }}
    where uscc is not null
),

known as (
    select uscc, uscc as number, 'credit_code' as basis from registered
    union
    select uscc, registration_no, 'registration_no' from registered
    where {{ is_registration_no('registration_no') }} and {{ registration_no_fits('registration_no') }}
    union
    select uscc, organisation_code, 'organisation_code' from registered
    where uscc_defect is null and {{ organisation_code_fits('organisation_code') }}
    union
    select uscc, substr(organisation_code, 1, 8) || '-' || substr(organisation_code, 9, 1), 'organisation_code' from registered
    where uscc_defect is null and {{ organisation_code_fits('organisation_code') }}
)

select
    number,
    {{ derived_key('enterprise', ['min(uscc)']) }} as enterprise_id,
    min(uscc) as uscc,
    min(basis) as basis
from known
group by number
having min(uscc) = max(uscc)
