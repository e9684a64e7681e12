select
    township.county_name,
    case
        when parcel.holder_person_id is null then '身份不明'
        when not holder.is_alive then '已故'
        when holder.township_code = parcel.township_code then '在本镇街'
        when holder.township_code is not null then '在本市其他镇街'
        else '不在册'
    end as holder_state,
    count(*) as parcel_count
from {{ ref('parcel') }} as parcel
inner join {{ ref('division') }} as township
    on township.division_code = parcel.township_code and township.level_name = '乡镇'
left join {{ ref('person') }} as holder on holder.person_id = parcel.holder_person_id
where parcel.contract_status_name = '有效'
group by 1, 2
