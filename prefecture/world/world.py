"""One shard of the prefecture: its people and all that is true of them, whatever departments make of it.

Belongs here: the tables every feed looks into, each drawn when first asked for. Does not belong here: what a
department knows (feeds/), or errors (defects/).
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import polars as pl

from prefecture.world import enterprises, people
from prefecture.world.births import draw_births
from prefecture.world.census import Census, read_census
from prefecture.world.children_in_need import draw_children_in_need
from prefecture.world.couples import draw_couples
from prefecture.world.cremations import draw_cremations
from prefecture.world.divisions import Divisions, read_divisions
from prefecture.world.dwellings import draw_dwellings
from prefecture.world.emergency import draw_stock
from prefecture.world.employment import draw_employment
from prefecture.world.geography import village_points
from prefecture.world.handwriting import said_names
from prefecture.world.incidents import draw_incidents
from prefecture.world.inspections import draw_inspections
from prefecture.world.land import draw_contracts, draw_parcels
from prefecture.world.licences import draw_licences
from prefecture.world.lots import stream
from prefecture.world.pensions import draw_pensions
from prefecture.world.poverty import draw_poverty
from prefecture.world.premises import draw_premises
from prefecture.world.projects import draw_projects
from prefecture.world.responsible import draw_responsible
from prefecture.world.risk_points import draw_risk_points
from prefecture.world.schooling import draw_schooling
from prefecture.world.shards import Shard


@dataclass(frozen=True)
class World:
    """`scale` is the share of the real population, the same for every shard."""

    reference: Path
    seed: int
    scale: float
    shard: Shard

    def stream(self, name: str) -> np.random.Generator:
        """The random stream called `name` of this shard: the same draws at every call."""
        return stream(self.seed, f"{name} {self.shard.number}")

    def scaled(self, at_one_percent: float, least: int = 1) -> int:
        """This shard's part of a number stated for the 1 % prefecture, never below its part of `least`."""
        return round(max(least, at_one_percent * self.scale * 100) * self.shard.share)

    @cached_property
    def census(self) -> Census:
        """The census of the shard's counties."""
        return read_census(self.reference).of(self.shard.counties)

    @cached_property
    def divisions(self) -> Divisions:
        """The divisions of the whole city."""
        return read_divisions(self.reference, self.seed)

    @cached_property
    def people(self) -> pl.DataFrame:
        """One row per person (see people.draw_people), in order of `pid`."""
        return people.draw_people(self)

    def of(self, pids: pl.Series, *columns: str) -> pl.DataFrame:
        """These columns of the people with the pids, row by row; null for nobody."""
        return self.people.select(pl.col(*columns).gather(pids - self.shard.first_number))

    @cached_property
    def enterprises(self) -> pl.DataFrame:
        """One row per enterprise (see enterprises.draw_enterprises), in order of `_eid`."""
        return enterprises.draw_enterprises(self)

    @cached_property
    def employment(self) -> pl.DataFrame:
        """One row per job (see employment.draw_employment)."""
        return draw_employment(self)

    @cached_property
    def couples(self) -> pl.DataFrame:
        """One row per marriage (see couples.draw_couples)."""
        return draw_couples(self)

    @cached_property
    def cremations(self) -> pl.DataFrame:
        """One row per cremation (see cremations.draw_cremations)."""
        return draw_cremations(self)

    @cached_property
    def births(self) -> pl.DataFrame:
        """One row per child born here (see births.draw_births)."""
        return draw_births(self)

    @cached_property
    def children_in_need(self) -> pl.DataFrame:
        """One row per child civil affairs look after (see children_in_need.draw_children_in_need)."""
        return draw_children_in_need(self)

    @cached_property
    def schooling(self) -> pl.DataFrame:
        """One row per person of school age (see schooling.draw_schooling)."""
        return draw_schooling(self)

    @cached_property
    def poverty(self) -> pl.DataFrame:
        """One row per household lifted out of poverty or watched (see poverty.draw_poverty)."""
        return draw_poverty(self)

    @cached_property
    def contracts(self) -> pl.DataFrame:
        """One row per household with contracted land (see land.draw_contracts)."""
        return draw_contracts(self)

    @cached_property
    def parcels(self) -> pl.DataFrame:
        """One row per contracted parcel (see land.draw_parcels)."""
        return draw_parcels(self)

    @cached_property
    def villages(self) -> pl.DataFrame:
        """The real villages and communities of the shard: `village`, `short_name`, `township_name`, `_township`,
        `_county`."""
        mine = pl.col("county_code").is_in(list(self.census.codes)) & ~pl.col("is_virtual")
        return self.divisions.villages.filter(mine).select(
            pl.col("code").alias("village"),
            "short_name",
            "township_name",
            pl.col("township_code").alias("_township"),
            pl.col("county_code").alias("_county"),
        )

    @cached_property
    def village_points(self) -> pl.DataFrame:
        """Where the villages of the whole city lie (see geography.village_points)."""
        return village_points(self.divisions, self.seed)

    @cached_property
    def said_names(self) -> pl.DataFrame:
        """What villages, townships and counties are called (see handwriting.said_names)."""
        return said_names(self.divisions)

    @cached_property
    def premises(self) -> pl.DataFrame:
        """One row per small place (see premises.draw_premises)."""
        return draw_premises(self)

    @cached_property
    def licences(self) -> pl.DataFrame:
        """One row per licence (see licences.draw_licences)."""
        return draw_licences(self)

    @cached_property
    def responsible(self) -> pl.DataFrame:
        """Those who answer for stores and points (see responsible.draw_responsible)."""
        return draw_responsible(self)

    @cached_property
    def emergency_stock(self) -> pl.DataFrame:
        """One row per kind of goods in a store or member of a team (see emergency.draw_stock)."""
        return draw_stock(self)

    @cached_property
    def risk_points(self) -> pl.DataFrame:
        """One row per point (see risk_points.draw_risk_points)."""
        return draw_risk_points(self)

    @cached_property
    def incidents(self) -> pl.DataFrame:
        """One row per report of what happens in the grids (see incidents.draw_incidents)."""
        return draw_incidents(self)

    @cached_property
    def inspections(self) -> pl.DataFrame:
        """One row per inspection and per hazard found (see inspections.draw_inspections)."""
        return draw_inspections(self)

    @cached_property
    def projects(self) -> pl.DataFrame:
        """One row per event of projects, grants and qualifications (see projects.draw_projects)."""
        return draw_projects(self)

    @cached_property
    def dwellings(self) -> pl.DataFrame:
        """One row per right to a piece of real estate (see dwellings.draw_dwellings)."""
        return draw_dwellings(self)

    @cached_property
    def pensions(self) -> pl.DataFrame:
        """One row per person of pensionable age (see pensions.draw_pensions)."""
        return draw_pensions(self)
