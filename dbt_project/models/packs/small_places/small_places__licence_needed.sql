-- Which licence a trade needs; trades that are not here need none of those F15 brings.
{%- set needed = [
    ('便利店', '食品经营许可证'), ('小吃店', '小餐饮登记证'), ('旅馆', '特种行业许可证'), ('美容美发店', '公共场所卫生许可证'),
    ('网吧', '网络文化经营许可证'), ('歌厅', '娱乐经营许可证'), ('诊所', '诊所备案凭证'), ('培训学校', '民办学校办学许可证'),
    ('食品作坊', '食品小作坊登记证'),
] %}
{%- for business_type, licence_kind in needed %}
select '{{ business_type }}' as business_type, '{{ licence_kind }}' as licence_kind
{{ "union all" if not loop.last }}
{%- endfor %}
