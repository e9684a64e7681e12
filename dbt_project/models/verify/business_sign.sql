-- A sign of business is the newest month declared to the tax office, insured for somebody, or under a licence that was
-- good then; who has none has null.
with declared as (
    select enterprise_id, max(declared_month) as last_declared_month
    from {{ ref('tax_status') }}
    where enterprise_id is not null
    group by enterprise_id
),

-- By the number first: an employer has as many rows as people.
paid as (
    select employer_code, max(period_month) as period_month
    from {{ ref('stg_human_resources__employment_insurance') }}
    group by employer_code
),

insured as (
    select employer.enterprise_id, max(paid.period_month) as last_insured_month
    from paid
    inner join {{ ref('enterprise_number') }} as employer on employer.number = paid.employer_code
    group by employer.enterprise_id
),

licensed as (
    select
        holder_enterprise_id,
        max(coalesce(valid_to, cast('9999-12-31' as date))) as licensed_until
    from {{ ref('licence') }}
    where holder_enterprise_id is not null and coalesce(valid_from, {{ as_of() }}) <= {{ as_of() }}
    group by holder_enterprise_id
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
    {{ credit_code_defect('firm.uscc') }} as uscc_defect,
    firm.name,
    firm.established_date,
    cast({{ month_number(as_of()) }} - {{ month_number('firm.established_date') }}
        - case when extract(day from {{ as_of() }}) < extract(day from firm.established_date) then 1 else 0 end as bigint)
        as months_old,
    declared.last_declared_month,
    insured.last_insured_month,
    licensed.licensed_until,
    cast({{ month_number(as_of()) }} - {{ month_text_number('declared.last_declared_month') }} as bigint) as months_undeclared,
    cast({{ month_number(as_of()) }} - {{ month_text_number('insured.last_insured_month') }} as bigint) as months_uninsured,
    cast({{ month_number(as_of()) }} - {{ month_number('licensed.licensed_until') }} as bigint) as months_unlicensed
from {{ ref('enterprise') }} as firm
left join declared on declared.enterprise_id = firm.enterprise_id
left join insured on insured.enterprise_id = firm.enterprise_id
left join licensed on licensed.holder_enterprise_id = firm.enterprise_id
where firm.status_name = '存续' and firm.entity_type = '有限责任公司'
