select
    enterprise.enterprise_id,
    township.county_name,
    township.township_name,
    enterprise.township_code,
    enterprise.entity_type,
    enterprise.industry_code,
    enterprise.industry_name,
    section.code as industry_section_code,
    section.name as industry_section_name,
    enterprise.status_name,
    cast(extract(year from enterprise.established_date) as bigint) as established_year,
    cast(extract(year from enterprise.cancelled_date) as bigint) as cancelled_year,
    enterprise.insured_count
from {{ ref('enterprise') }} as enterprise
left join {{ ref('division') }} as township
    on township.division_code = enterprise.township_code and township.level_name = '乡镇'
left join {{ source('reference', 'industry') }} as industry
    on industry.code = substr(enterprise.industry_code, 1, 2) and industry.level = 2
left join {{ source('reference', 'industry') }} as section on section.code = industry.parent_code
