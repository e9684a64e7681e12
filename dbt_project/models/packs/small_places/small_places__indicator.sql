with opened as (
    select
        township_code,
        count(case when {{ add_months('checked_date', '12') }} > as_of then 1 end) as checked,
        count(case when licence_state <> 'unlicensed' then 1 end) as in_order,
        count(*) as denominator
    from {{ ref('small_places__file') }}
    where status_name = '营业'
    group by township_code
),

checked as (select township_code, checked as numerator, denominator from opened),

in_order as (select township_code, in_order as numerator, denominator from opened)

select * from (
    {{ by_unit('checked', 'places_checked_within_a_year') }}
    union all
    {{ by_unit('in_order', 'places_licensed_as_needed') }}
) as counted
