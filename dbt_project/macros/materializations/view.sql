{# As with tables: the adapter's own renaming needs to know what stands already, which nobody asks here
   (DBT_POPULATE_CACHE), and stumbles over the view of the turn before. #}
{% materialization view, adapter='duckdb' %}
    {%- set relation = this.incorporate(type='view') -%}
    {{ run_hooks(pre_hooks) }}
    {% call statement('main') -%}
        create or replace view {{ relation }} as {{ sql }}
    {%- endcall %}
    {{ run_hooks(post_hooks) }}
    {% do persist_docs(relation, model) %}
    {{ adapter.commit() }}
    {{ return({'relations': [relation]}) }}
{% endmaterialization %}
