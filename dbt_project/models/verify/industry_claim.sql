-- Tax offices may put the letter of the section in front, and still use classes of GB/T 4754-2011; both say the same. What is
-- no class of four digits is not compared (it is told as a wrong code).
with taxed as (
    select * from (
        select
            stated.*,
            {{ rx_replace('stated.industry_code', '^[A-T]', '') }} as digits,
            row_number() over (
                partition by stated.enterprise_id order by stated.period_month desc nulls last, stated.source_ref
            ) as choice
        from {{ ref('tax_status') }} as stated
        where stated.enterprise_id is not null
    ) as ranked
    where choice = 1
),

firm as (
    select stated.*, {{ rx_replace('stated.industry_code', '^[A-T]', '') }} as digits
    from {{ ref('enterprise') }} as stated
)

select
    firm.record_key as entity_key,
    firm.enterprise_id as group_key,
    firm.township_code,
    'F14' as feed,
    firm.record_key,
    firm.source_ref,
    firm.enterprise_id,
    firm.uscc,
    firm.name,
    firm.industry_code,
    taxed.industry_code as taxed_industry_code,
    taxed.source_ref as taxed_source_ref,
    own.code as class_code,
    own.name as class_name,
    other.code as taxed_class_code,
    other.name as taxed_class_name
from firm
inner join taxed on taxed.enterprise_id = firm.enterprise_id
left join {{ source('reference', 'retired_industry') }} as own_before on own_before.code = firm.digits
left join {{ source('reference', 'retired_industry') }} as other_before on other_before.code = taxed.digits
left join {{ source('reference', 'industry') }} as own
    on own.code = coalesce(own_before.successor_code, firm.digits) and own.level = 4
left join {{ source('reference', 'industry') }} as other
    on other.code = coalesce(other_before.successor_code, taxed.digits) and other.level = 4
