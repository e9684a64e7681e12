"""`make pack NAME=x`: a pack that runs, to be turned into a real one.

Belongs here: the text of a new pack's files. Does not belong here: what packs must hold (load.py).
"""

import re
from pathlib import Path

from pipelines.kit.packs.load import FILE, NAME
from pipelines.kit.paths import PROJECT_ROOT

_PACK = """code: {name}
name: {name}（待命名）
section: 五、（七）其他领域
answers: 各镇街在世人员中居住地已知的比例。（骨架中的示例，请换成本场景要回答的问题）
lead: 市大数据局
units: []
owner: team:big_data_bureau
cadence: 每月
gives: [indicator]
"""
_SQL = """with counted as (
    select
        township_code,
        count(case when residence_township_code is not null then 1 end) as numerator,
        count(*) as denominator
    from {{{{ ref('person') }}}}
    where is_alive
    group by township_code
)

select * from ({{{{ by_unit('counted', 'share_with_residence') }}}}) as indicator
"""
_YML = """models:
  - name: {name}__indicator
    description: Share of people whose residence is known, an example. 居住地已知的比例（骨架中的示例）。
    columns:
      - name: unit_code
        description: Unit that is counted. 单位代码
      - name: level
        description: Level of the unit. 层级
      - name: period
        description: Business date the number is of. 业务日期
      - name: indicator
        description: Which number. 指标
      - name: numerator
        description: What is counted. 分子
      - name: denominator
        description: Out of how many. 分母
      - name: value
        description: The number. 值
      - name: is_additive
        description: Whether it may be added up. 是否可加
"""


class PackError(ValueError):
    """There can be no new pack of this name."""


def write_skeleton(name: str, root: Path = PROJECT_ROOT) -> list[Path]:
    """Write the files of a new pack below the project; returns them. Raises PackError for a name that will not do or
    is taken."""
    if not re.fullmatch(NAME, name):
        raise PackError(f"「{name}」不能作场景包的名字：请用小写字母、数字和下划线，字母开头，例如 flood_shelters")
    said, models = root / "expectations" / "packs" / name, root / "dbt_project" / "models" / "packs" / name
    if said.exists() or models.exists():
        raise PackError(f"场景包 {name} 已经有了：{said if said.exists() else models}")
    files = {
        said / FILE: _PACK, models / f"{name}__indicator.sql": _SQL, models / f"{name}__indicator.yml": _YML,
    }  # fmt: skip
    for file, text in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text.format(name=name), encoding="utf-8")
    return list(files)
