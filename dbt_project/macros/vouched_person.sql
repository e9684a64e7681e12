{# What is compared of a person in a feed that vouches for him: columns of said_vouched (`vouched`) and
   person_identifier (`identifier`). The arguments stand for what the identifier tells, where there may be none. #}
{% macro vouched_person(
    person_id='identifier.person_id', sex_code='identifier.sex_code', birth_date='identifier.birth_date'
) -%}
        {{ person_id }} as person_id,
        {{ name_key('vouched.name') }} as name_key,
        coalesce(vouched.sex_code, {{ sex_code }}) as sex_code,
        coalesce(vouched.birth_date, {{ birth_date }}) as birth_date,
        {{ number_stem('vouched.id_no') }} as number_stem,
        {{ number_order('vouched.id_no') }} as number_order,
        vouched.phone,
        vouched.current_division_code as village_code,
        substr(vouched.township_code, 1, 6) as county_code
{%- endmacro %}

{# What of a `person` that was found is compared with the row he was found for. #}
{% macro found_person() -%}
        person.person_id, person.sex_code, person.birth_date, person.number_order, person.county_code, person.is_vouched
{%- endmacro %}
