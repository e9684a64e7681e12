{# Join condition: the version of a unit (`version`: staging.stg_division_version or unified.division_version) that `code`
   meant on `day`; without a day, what it means now. One version at most. The business date is not asked: models that
   join by it need not be built again when only that moves on. #}
{% macro division_on(version, code, day) -%}
    {{ version }}.division_code = {{ code }}
    and coalesce({{ day }}, cast('9999-12-31' as date)) >= coalesce({{ version }}.means_from, cast('0001-01-01' as date))
    and coalesce({{ day }}, cast('9999-12-31' as date)) <= coalesce({{ add_days(version ~ '.means_until', -1) }}, cast('9999-12-31' as date))
{%- endmacro %}
