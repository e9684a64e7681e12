"""Chance that repeats: named random streams and exact apportionment.

Belongs here: how numbers are drawn and shared out. Does not belong here: what they are drawn for. Every
module draws from its own stream, so that a change in one leaves the others as they were.
"""

import zlib

import numpy as np


def stream(seed: int, name: str) -> np.random.Generator:
    """The random stream called `name` of a prefecture; equal arguments give equal draws."""
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


def share_out(weights: np.ndarray, total: int) -> np.ndarray:
    """Whole numbers in proportion to `weights` that add up to `total` (largest remainders)."""
    weights = np.asarray(weights, dtype=float)
    exact = weights / weights.sum() * total
    counts = np.floor(exact).astype(np.int64)
    order = np.argsort(-(exact - counts), kind="stable")
    counts[order[: total - counts.sum()]] += 1
    return counts


def scaled(at_one_percent: int, scale: float, least: int = 1) -> int:
    """A number stated for the 1 % prefecture, at another scale but never below `least`."""
    return max(least, round(at_one_percent * scale * 100))


def days_between(rng: np.random.Generator, first: str, last: str, count: int) -> np.ndarray:
    """`count` dates (datetime64[D]) drawn evenly from `first` to `last`, both included."""
    low, high = np.datetime64(first), np.datetime64(last)
    return low + rng.integers(0, (high - low).astype(int) + 1, count)
