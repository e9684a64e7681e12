select
    township.county_name,
    township.township_name,
    dwelling.township_code,
    case when dwelling.is_vacant then '空置' else '有人居住' end as dwelling_use,
    count(*) as dwelling_count
from {{ ref('dwelling') }} as dwelling
inner join {{ ref('division') }} as township
    on township.division_code = dwelling.township_code and township.level_name = '乡镇'
group by township.county_name, township.township_name, dwelling.township_code, dwelling.is_vacant
