-- A programme called 〈资质〉认定奖补 pays for a title, by whatever number of the enterprise both rows go. Of payments of one
-- instalment the earliest is the right one.
{%- set reward = '认定奖补' %}
with record as (
    select
        stated.*,
        coalesce(stated.enterprise_id, stated.uscc) as holder
    from {{ ref('project_record') }} as stated
),

payment as (
    select
        record.*,
        case when programme_name like '%_{{ reward }}' then replace(programme_name, '{{ reward }}', '') end as needed_title,
        first_value(record_no) over (
            partition by project_code, programme_name, instalment order by record_date, record_no
        ) as first_record_no,
        first_value(source_ref) over (
            partition by project_code, programme_name, instalment order by record_date, record_no
        ) as first_source_ref
    from record
    where record_type = '补贴'
),

titled as (
    select payment.record_key, max(title.record_no) as title_record_no
    from payment
    inner join record as title on title.holder = payment.holder and title.title_name = payment.needed_title
    where title.record_type = '资质'
        and title.valid_from <= payment.record_date
        and (title.valid_to is null or title.valid_to >= payment.record_date)
    group by payment.record_key
)

select
    payment.record_key as entity_key,
    coalesce(payment.enterprise_id, payment.record_key) as group_key,
    coalesce(payment.township_code, firm.township_code) as township_code,
    payment.feed,
    payment.record_key,
    payment.source_ref,
    payment.enterprise_id,
    payment.uscc,
    payment.holder_name,
    payment.programme_name,
    payment.project_name,
    payment.instalment,
    payment.total_amount,
    payment.amount_unit,
    payment.record_date,
    firm.status_name,
    firm.cancelled_date,
    payment.needed_title,
    titled.title_record_no,
    case when payment.project_code is not null and payment.first_record_no <> payment.record_no then payment.first_record_no end
        as earlier_record_no,
    case when payment.project_code is not null and payment.first_record_no <> payment.record_no then payment.first_source_ref end
        as earlier_source_ref
from payment
left join titled on titled.record_key = payment.record_key
left join {{ ref('enterprise') }} as firm on firm.enterprise_id = payment.enterprise_id
