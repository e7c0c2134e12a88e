"""Fit the axis of a chart to its values, with plain ticks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

LEFT, SPAN = 2.0, 92.0  # per cent of the width before the axis, and of the axis
LOG_FROM = 40  # largest over smallest value at which the axis is logarithmic


@dataclass(frozen=True, slots=True)
class Axis:
    """Hold the axis of a panel: where a value is along it, in per cent, and its ticks."""

    low: float
    high: float
    is_log: bool
    ticks: tuple[float, ...]

    def at(self, value: float) -> float:
        """Return the place of a value in per cent of the width."""
        if self.is_log:
            share = math.log(max(value, self.low) / self.low) / math.log(self.high / self.low)
        else:
            share = (value - self.low) / (self.high - self.low)
        return LEFT + SPAN * share


def fit_axis(values: Sequence[float], ceiling: float = math.inf) -> Axis:
    """Return an axis for the values: from zero, or logarithmic where they differ widely.

    Args:
        values: What the axis must hold.
        ceiling: What no value can exceed, such as 1 for a share; the axis ends there at the latest.
    """
    smallest, largest = min(values), max(values)
    if smallest > 0 and largest / smallest > LOG_FROM:
        low, high = math.floor(math.log10(smallest)), math.ceil(math.log10(largest) + 1e-9)
        ticks = [10.0**power for power in range(low, high + 1)]
        while len(ticks) > 6:
            ticks = ticks[::2]
        top = min(10.0**high, max(ceiling, largest))
        return Axis(10.0**low, top, True, tuple(tick for tick in ticks if tick <= top))
    low_end = min(0.0, smallest)
    step = _round_step((largest - low_end) / 4 or 1)
    count = math.ceil((largest - low_end) / step * (1 + 1e-9) - 1e-9)
    first = math.floor(low_end / step)
    ticks = [step * number for number in range(first, first + count + 1)]
    while ticks[-1] > ceiling and ticks[-2] >= largest:
        ticks.pop()
    return Axis(ticks[0], ticks[-1], False, tuple(ticks))


def _round_step(step: float) -> float:
    power = 10.0 ** math.floor(math.log10(step))
    return next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= step * 0.999)
