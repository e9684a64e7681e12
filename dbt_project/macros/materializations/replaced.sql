{# One statement and one commit replace what stood under a name, a table or a view, and nobody asks whether something did.
   The adapter's own way (a temporary one, two renames, a drop) makes DuckLake write four catalog changes and costs three
   times as much; and it has to know what stands already, which is not looked up (DBT_POPULATE_CACHE). #}
{% macro replaced(kind) %}
    {%- set relation = this.incorporate(type=kind) -%}
    {{ run_hooks(pre_hooks) }}
    {% call statement('main') -%}
        create or replace {{ kind }} {{ relation }} as {{ sql }}
    {%- endcall %}
    {{ run_hooks(post_hooks) }}
    {% do persist_docs(relation, model) %}
    {{ adapter.commit() }}
    {{ return({'relations': [relation]}) }}
{% endmacro %}

{% materialization table, adapter='duckdb', supported_languages=['sql'] %}
    {{ return(replaced('table')) }}
{% endmaterialization %}

{% materialization view, adapter='duckdb' %}
    {{ return(replaced('view')) }}
{% endmaterialization %}
