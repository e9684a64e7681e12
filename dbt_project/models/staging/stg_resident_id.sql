{#- Every identity number is judged once here, however many rows of however many feeds carry it. -#}
with judged as (
    select
        told.id_no,
        {{ region_known('told.id_no', 'region') }} as is_region_known,
        {{ resident_id_defect('told.id_no', region_known('told.id_no', 'region')) }} as id_defect
    from {{ ref('stg_told_number') }} as told
    left join {{ source('reference', 'gbt2260') }} as region
        on region.code = substr(told.id_no, 1, 6) and region.level_name <> '省级'
)

select
    id_no,
    id_defect,
    case
        when id_defect is null then id_no
        when id_defect = 'fifteen_digit' and is_region_known
            and {{ birth_possible(resident_id_birth(with_century('id_no'))) }} then {{ id_15_to_18('id_no') }}
    end as id_no_norm
from judged
