with enterprise as (
    select * from {{ ref('enterprise') }}
    where status_name in ('注销', '吊销')
),

insured as (
    select
        enterprise.record_key,
        count(distinct employee.id_no) as insured_after_cancellation,
        max(employee.period_month) as last_period_month
    from enterprise
    inner join {{ ref('stg_human_resources__employment_insurance') }} as employee
        on employee.employer_code = enterprise.uscc
        and employee.status_name = '参保'
        and employee.period_month > {{ month_of('enterprise.cancelled_date') }}
    group by enterprise.record_key
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
    insured.last_period_month
from enterprise
left join insured on insured.record_key = enterprise.record_key
