{#- Every identity number is judged once here, however many rows of however many feeds carry it. -#}
{%- set columns = [
    ('public_security__residents', 'id_no'),
    ('public_security__hukou_events', 'id_no'),
    ('public_security__hukou_events', 'old_id_no'),
    ('health__death_certificates', 'id_no'),
    ('civil_affairs__marriages', 'husband_id_no'),
    ('civil_affairs__marriages', 'wife_id_no'),
    ('civil_affairs__social_assistance', 'id_no'),
    ('civil_affairs__social_assistance', 'head_id_no'),
    ('civil_affairs__old_age_allowance', 'id_no'),
    ('disabled_federation__disability_cards', 'substr(card_no, 1, 18)'),
    ('market_regulation__enterprises', 'legal_rep_id_no'),
    ('human_resources__employment_insurance', 'id_no'),
    ('medical_insurance__enrolments', 'id_no'),
    ('grid_centre__grid_survey', 'id_no'),
] -%}
with delivered as (
    {%- for table, column in columns %}
    select {{ column }} as id_no
    from {{ source('bronze', table) }}
    where {{ column }} is not null and _delivered_on <= {{ as_of() }}
    {{ "union" if not loop.last }}
    {%- endfor %}
),

judged as (
    select
        delivered.id_no,
        {{ region_known('delivered.id_no', 'region') }} as is_region_known,
        {{ resident_id_defect('delivered.id_no', region_known('delivered.id_no', 'region')) }} as id_defect
    from delivered
    left join {{ source('reference', 'gbt2260') }} as region
        on region.code = substr(delivered.id_no, 1, 6) and region.level_name <> '省级'
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
