select
    township.county_name,
    case
        when contract.head_person_id is null then '身份不明'
        when not holder.is_alive then '已故'
        when holder.township_code = contract.township_code then '在本镇街'
        when holder.township_code is not null then '在本市其他镇街'
        else '不在册'
    end as holder_state,
    count(*) as contract_count
from {{ ref('land_contract') }} as contract
inner join {{ ref('division') }} as township
    on township.division_code = contract.township_code and township.level_name = '乡镇'
left join {{ ref('person') }} as holder on holder.person_id = contract.head_person_id
group by 1, 2
