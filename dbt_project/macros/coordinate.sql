{# The first (longitude) or second (latitude) number of a point in GeoJSON as we write it; null of anything else. #}
{% macro coordinate(geometry, which) -%}
    case when {{ geometry }} like '%"Point"%' then
        try_cast({{ rx_find("split_part(split_part(" ~ geometry ~ ", '[', 2), ',', " ~ which ~ ")", '-?[0-9]+[.]?[0-9]*') }} as double)
    end
{%- endmacro %}
