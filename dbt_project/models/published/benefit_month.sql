select
    township.county_name,
    township.township_name,
    benefit.township_code,
    benefit.scheme_name,
    benefit.pay_month,
    count(distinct coalesce(benefit.person_id, benefit.benefit_id)) as payee_count,
    cast(sum(benefit.amount) as decimal(18, 2)) as amount
from {{ ref('benefit') }} as benefit
left join {{ ref('division') }} as township
    on township.division_code = benefit.township_code and township.level_name = '乡镇'
where benefit.is_paid
group by
    township.county_name, township.township_name, benefit.township_code, benefit.scheme_name, benefit.pay_month
