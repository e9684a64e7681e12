{# Rows with, for every identity column: `<column>_defect` and `<column>_norm`, the valid 18-digit form or null. #}
{% macro with_identity(rows, columns) %}
    select
        {{ rows }}.*,
        {%- for id in columns %}
        known_{{ id }}.id_defect as {{ id }}_defect,
        known_{{ id }}.id_no_norm as {{ id }}_norm{{ "," if not loop.last }}
        {%- endfor %}
    from {{ rows }}
    {%- for id in columns %}
    left join {{ ref('stg_resident_id') }} as known_{{ id }} on known_{{ id }}.id_no = {{ rows }}.{{ id }}
    {%- endfor %}
{% endmacro %}
