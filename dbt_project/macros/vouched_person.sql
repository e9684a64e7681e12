{# What is compared of a person in a feed that vouches for him: columns of said_vouched (`vouched`) and
   person_identifier (`identifier`). #}
{% macro vouched_person() -%}
        identifier.person_id,
        {{ name_key('vouched.name') }} as name_key,
        coalesce(vouched.sex_code, identifier.sex_code) as sex_code,
        coalesce(vouched.birth_date, identifier.birth_date) as birth_date,
        {{ number_stem('identifier.id_no') }} as number_stem,
        {{ number_order('identifier.id_no') }} as number_order,
        vouched.phone,
        vouched.current_division_code as village_code,
        substr(vouched.township_code, 1, 6) as county_code
{%- endmacro %}
