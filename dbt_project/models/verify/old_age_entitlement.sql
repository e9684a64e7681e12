with paid as (
    select person_id, max(pay_month) as last_paid_month
    from {{ ref('benefit') }}
    where feed = 'F10' and is_paid and person_id is not null
    group by person_id
),

delivered as (
    select
        county_code,
        max(case when feed = 'F10' then pay_month end) as allowance_month,
        max(case when feed = 'F08' then pay_month end) as assistance_month
    from {{ ref('benefit') }}
    group by county_code
),

-- Persons in special hardship (特困) are provided for otherwise.
provided as (
    select distinct benefit.person_id
    from {{ ref('benefit') }} as benefit
    inner join delivered on delivered.county_code = benefit.county_code and delivered.assistance_month = benefit.pay_month
    where benefit.scheme_name = '特困' and benefit.is_paid and benefit.person_id is not null
),

entitled as (
    select
        person.*,
        coalesce(substr(hukou_township_code, 1, 6), substr(township_code, 1, 6)) as county_code
    from {{ ref('person') }} as person
    where is_alive and hukou_status_name = '正常'
        and {{ add_days(
            add_months('birth_date', '12 * ' ~ rule_parameter('R22', 'entitled_age')),
            rule_parameter('R22', 'grace_days')
        ) }} <= {{ as_of() }}
)

select
    entitled.hukou_record_key as entity_key,
    entitled.person_id as group_key,
    entitled.township_code,
    'F01' as feed,
    entitled.hukou_record_key as record_key,
    entitled.hukou_source_ref as source_ref,
    entitled.person_id,
    entitled.name,
    entitled.id_no,
    entitled.birth_date,
    entitled.age_years,
    entitled.county_code,
    paid.last_paid_month,
    delivered.allowance_month as latest_month
from entitled
inner join delivered on delivered.county_code = entitled.county_code and delivered.allowance_month is not null
left join paid on paid.person_id = entitled.person_id
left join provided on provided.person_id = entitled.person_id
where provided.person_id is null
