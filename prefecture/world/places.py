"""Where households are registered and where they live.

Belongs here: villages, houses and grids of households. Does not belong here: what a department writes about
them.
"""

import numpy as np
import polars as pl

from prefecture.world.census import Census
from prefecture.world.divisions import Divisions
from prefecture.world.lots import share_out

_LEAST_PER_TOWNSHIP = 3
_MOVED_WITHIN, _MOVED_BETWEEN = 0.08, 0.02


def draw_places(
    census: Census,
    divisions: Divisions,
    county: np.ndarray,
    has_old: np.ndarray,
    is_collective: np.ndarray,
    rng: np.random.Generator,
) -> pl.DataFrame:
    """One row per household: `village` registered in, `residence` lived in, `grid` and `house_no` there.

    Every township with residents gets three households at least. Households with old people (`has_old`) never
    live in another county than they are registered in; collective households live where they are registered.
    """
    villages = divisions.villages.filter(~pl.col("is_virtual"))
    weights = _weights(census, villages, rng)
    home = np.empty(len(county), dtype=np.int64)
    row_county = villages["county_code"].to_numpy()
    for place, code in enumerate(census.codes):
        rows = np.flatnonzero(row_county == code)
        households = rng.permutation(np.flatnonzero(county == place))
        home[households] = _spread(villages, rows, weights[rows], len(households), rng)
    residence = home.copy()
    lot = rng.random(len(home))
    stays = lot > _MOVED_WITHIN + _MOVED_BETWEEN
    for place, code in enumerate(census.codes):
        rows = np.flatnonzero(row_county == code)
        within = np.flatnonzero((county == place) & ~stays & ((lot > _MOVED_BETWEEN) | has_old) & ~is_collective)
        residence[within] = rng.choice(rows, len(within), p=weights[rows] / weights[rows].sum())
    between = np.flatnonzero((lot <= _MOVED_BETWEEN) & ~has_old & ~is_collective)
    residence[between] = rng.choice(villages.height, len(between), p=weights / weights.sum())
    codes = villages["code"].to_numpy()
    return pl.DataFrame(
        {
            "household": np.arange(len(home)),
            "village": codes[home],
            "residence": codes[residence],
        }
    ).with_columns(
        grid_of(divisions, codes[residence], rng),
        _house_no(),
    )


def _house_no() -> pl.Expr:
    """Houses of a village are numbered F0001 and so on; those of people registered in another county apart
    from them (W, that county, a serial), as counties are drawn apart from each other."""
    county = pl.col("village").str.slice(4, 2)
    letter = (
        pl.when(pl.col("village").str.head(6) == pl.col("residence").str.head(6))
        .then(pl.lit("F"))
        .otherwise(pl.lit("W") + county)
    )
    serial = (pl.int_range(pl.len()).over("residence", letter) + 1).cast(pl.String)
    return (pl.col("residence") + letter + serial.str.zfill(4)).alias("house_no")


def _weights(census: Census, villages: pl.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """Wished-for residents of every village: towns and villages share what the census says of their
    county."""
    urban = (villages["code"].str.slice(9, 1) == "0").to_numpy()
    county = villages["county_code"].to_numpy()
    weight = np.exp(rng.normal(0, 0.5, villages.height))
    for place, code in enumerate(census.codes):
        total = census.population[place]
        for kind, people in ((urban, census.urban[place]), (~urban, census.rural[place])):
            rows = (county == code) & kind
            if rows.any():
                weight[rows] *= max(people, 0.03 * total) / weight[rows].sum()
    return weight


def _spread(
    villages: pl.DataFrame, rows: np.ndarray, weights: np.ndarray, count: int, rng: np.random.Generator
) -> np.ndarray:
    township = villages["township_code"].to_numpy()[rows]
    first = np.concatenate([rng.choice(rows[township == code], _LEAST_PER_TOWNSHIP) for code in sorted(set(township))])[
        :count
    ]
    rest = np.repeat(rows, share_out(weights, count - len(first)))
    return np.concatenate([rng.permutation(first), rng.permutation(rest)])


def grid_of(divisions: Divisions, residence: np.ndarray, rng: np.random.Generator) -> pl.Series:
    """A grid in force of each village, by lot."""
    counts = divisions.grids.filter(pl.col("valid_to").is_null()).group_by("village_code").len()
    number = pl.DataFrame({"village_code": residence}).join(
        counts, on="village_code", how="left", maintain_order="left"
    )
    serial = 1 + np.floor(rng.random(len(residence)) * number["len"].to_numpy()).astype(np.int64)
    return (pl.Series(residence) + pl.Series(serial).cast(pl.String).str.zfill(3)).alias("grid")
