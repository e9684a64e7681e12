select
    place.place_id,
    risk.place_no as point_no,
    risk.kind_name,
    place.township_code,
    risk.source_ref
from {{ ref('place') }} as place
inner join {{ ref('place') }} as risk
    on risk.division_code = place.division_code
    and risk.kind_name in ('山洪灾害危险区', '地质灾害隐患点')
where place.numbers = 'small_place' and length(place.division_code) = 12
