with enterprise as (
    select * from {{ ref('enterprise') }}
    where status_name in ('注销', '吊销')
),

-- Which months count is asked behind the join: a condition between two tables that share no key is a join by itself.
employed as (
    select
        enterprise.record_key,
        enterprise.cancelled_date,
        employee.id_no,
        employee.period_month,
        employee.source_ref,
        row_number() over (
            partition by enterprise.record_key order by employee.period_month desc, employee.source_ref
        ) as newest
    from enterprise
    inner join {{ ref('enterprise_number') }} as known on known.enterprise_id = enterprise.enterprise_id
    inner join {{ ref('stg_human_resources__employment_insurance') }} as employee
        on employee.employer_code = known.number
        and employee.status_name = '参保'
),

insured as (
    select
        record_key,
        count(distinct id_no) as insured_after_cancellation,
        max(period_month) as last_period_month,
        max(case when newest = 1 then source_ref end) as insured_source_ref
    from employed
    where period_month > {{ month_of('cancelled_date') }}
    group by record_key
)

select
    enterprise.record_key as entity_key,
    enterprise.enterprise_id as group_key,
    enterprise.township_code,
    'F14' as feed,
    enterprise.record_key,
    enterprise.source_ref,
    enterprise.uscc,
    enterprise.name,
    enterprise.status_name,
    enterprise.cancelled_date,
    coalesce(insured.insured_after_cancellation, 0) as insured_after_cancellation,
    insured.last_period_month,
    insured.insured_source_ref
from enterprise
left join insured on insured.record_key = enterprise.record_key
