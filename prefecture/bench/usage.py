"""From samples of a process to what a stretch of time used.

Belongs here: arithmetic on samples, and the shape of a usage. Does not belong here: taking samples.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from prefecture.bench.procfs import Sample

Interval = tuple[float, float]


@dataclass(frozen=True)
class Usage:
    """Seconds, bytes; `peak` is the largest resident memory seen in the stretch."""

    wall: float
    cpu: float
    peak: int
    read: int
    written: int

    def record(self) -> dict[str, float | int]:
        """For the result file, rounded to what was measured."""
        return {
            "wall": round(self.wall, 3), "cpu": round(self.cpu, 2), "peak": self.peak, "read": self.read,
            "written": self.written,
        }  # fmt: skip


def used(samples: Sequence[Sample], intervals: Iterable[Interval]) -> Usage:
    """Usage over some stretches of one series, in order of time; counters between two samples run evenly."""
    wall = cpu = read = written = 0.0
    peak = 0
    times = [s.at for s in samples]
    for start, end in intervals:
        first, last = _at(samples, times, start), _at(samples, times, end)
        wall += end - start
        cpu += last.cpu - first.cpu
        read += last.read - first.read
        written += last.written - first.written
        inside = samples[bisect_left(times, start) : bisect_left(times, end)]
        peak = max(peak, first.memory, last.memory, *(s.memory for s in inside)) if samples else 0
    return Usage(wall, cpu, peak, int(read), int(written))


def rising(samples: Sequence[Sample]) -> list[Sample]:
    """The series with counters that never fall (a child may vanish for a moment before it is waited for)."""
    kept: list[Sample] = []
    for sample in samples:
        if kept:
            before = kept[-1]
            sample = Sample(
                sample.at, max(sample.cpu, before.cpu), sample.memory,
                max(sample.read, before.read), max(sample.written, before.written),
            )  # fmt: skip
        kept.append(sample)
    return kept


def gaps(whole: Interval, intervals: Iterable[Interval]) -> list[Interval]:
    """What `whole` leaves of itself between the intervals."""
    edges = [whole[0], *(edge for interval in sorted(intervals) for edge in interval), whole[1]]
    return [(a, b) for i, (a, b) in enumerate(pairwise(edges)) if i % 2 == 0 and b > a]


def _at(samples: Sequence[Sample], times: Sequence[float], moment: float) -> Sample:
    if not samples:
        return Sample(moment, 0, 0, 0, 0)
    after = bisect_left(times, moment)
    if after == 0:
        return samples[0]
    if after == len(samples):
        return samples[-1]
    left, right = samples[after - 1], samples[after]
    share = (moment - left.at) / ((right.at - left.at) or 1)

    def between(a: float, b: float) -> float:
        return a + (b - a) * share

    return Sample(
        moment, between(left.cpu, right.cpu), int(between(left.memory, right.memory)),
        int(between(left.read, right.read)), int(between(left.written, right.written)),
    )  # fmt: skip
