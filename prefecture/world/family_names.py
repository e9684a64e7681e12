"""What families hand down: surnames, a character shared by siblings, the father's name.

Belongs here: names that depend on kin. Does not belong here: taste (names.py), who is kin (households.py, kin.py).
"""

import numpy as np
import polars as pl

from prefecture.world import roles
from prefecture.world.names import given_names, surnames, two_part_names

_CHILDREN = (roles.CHILD, roles.SECOND_CHILD, roles.OTHER)
# Half of siblings shared a character while families had several children; later few do, but for twins.
_GENERATION, _GENERATION_LATER, _TWINS = 0.5, 0.12, 0.75
_UNTIL = np.datetime64("1985-01-01")
_GROWN = 18
UYGUR = "05"


def draw_names(people: pl.DataFrame, county: np.ndarray, sons: int, rng: np.random.Generator) -> pl.Series:
    """`name` of each person; `county` is his index in the census. Children and one grandparent bear the surname of
    the man of the house; everyone else has his own. `sons` grown sons bear the father's whole name."""
    own = surnames(rng, people.height)
    family = surnames(rng, people["household"].max() + 1)[people["household"].to_numpy()]
    role, sex = people["role"].to_numpy(), people["sex"].to_numpy()
    shared = np.isin(role, _CHILDREN) | (np.isin(role, [roles.HEAD, roles.PARENT]) & (sex == 1))
    given = given_names(rng, sex, people["birth"].dt.year().to_numpy(), county)
    _share_characters(given, people, rng)
    _call_after_fathers(given, people, sons, rng)
    names = pl.Series("name", np.where(shared, family, own)) + pl.Series(given)
    foreign = np.flatnonzero((people["ethnic_code"] == UYGUR).to_numpy())
    return names.scatter(foreign, pl.Series(two_part_names(rng, sex[foreign]), dtype=pl.String))


def _share_characters(given: np.ndarray, people: pl.DataFrame, rng: np.random.Generator) -> None:
    """Some children get the first character of the eldest's name before their own second one."""
    home, birth = people["household"].to_numpy(), people["birth"].to_numpy()
    child = np.flatnonzero(np.isin(people["role"].to_numpy(), _CHILDREN))
    eldest = np.zeros(home.max() + 1, dtype=np.int64)
    eldest[home[child[::-1]]] = child[::-1]
    first = eldest[home[child]]
    share = np.where(birth[first] < _UNTIL, _GENERATION, _GENERATION_LATER)
    share = np.where(birth[child] == birth[first], _TWINS, share)
    letters = given.view("U1").reshape(-1, 2)
    two = (letters[child, 1] != "") & (letters[first, 1] != "") & (letters[child, 1] != letters[first, 1])
    shares = (first != child) & two & (rng.random(len(child)) < share)
    letters[child[shares], 0] = letters[first[shares], 0]


def _call_after_fathers(given: np.ndarray, people: pl.DataFrame, count: int, rng: np.random.Generator) -> None:
    rows = people.select("household", "role", "sex", "age", "namesake").with_row_index("row")
    men = rows.filter((pl.col("sex") == 1) & pl.col("namesake").is_null())
    fathers = men.filter(pl.col("role") == roles.HEAD).select("household", pl.col("row").alias("father"))
    sons = men.filter((pl.col("role") == roles.CHILD) & (pl.col("age") >= _GROWN))
    sons = sons.join(fathers, on="household", maintain_order="left")
    sons = sons[np.sort(rng.permutation(sons.height)[:count])]
    given[sons["row"].to_numpy()] = given[sons["father"].to_numpy()]
