"""What an operation costs at rising sizes, and how that grows."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log


@dataclass(frozen=True)
class Cost:
    """DynamoDB calls and units, and our own processor time in ``floors``: that of one bare call of botocore."""

    calls: float
    units: float
    cpu: float

    def __truediv__(self, number: float) -> "Cost":
        return Cost(self.calls / number, self.units / number, self.cpu / number)


@dataclass(frozen=True)
class Series:
    """What ``what`` costs at each of the sizes, smallest first."""

    what: str
    sizes: list[int]
    costs: list[Cost]

    def of(self, measure: str) -> list[float]:
        """ "calls", "units" or "cpu" at each size."""
        return [getattr(cost, measure) for cost in self.costs]

    def each(self) -> "Series":
        """For each of as many as the size says."""
        costs = [cost / size for size, cost in zip(self.sizes, self.costs, strict=True)]
        return Series(self.what, self.sizes, costs)


def growth(values: Sequence[float]) -> float:
    """The largest of them as a multiple of the first, which is not 0."""
    return max(values) / values[0]


def exponent(sizes: Sequence[int], values: Sequence[float]) -> float:
    """The slope b of the line that fits best where both axes are logarithmic: cost grows as size to the power of b. 0
    is not at all, 1 is in step."""
    x, y = [log(size) for size in sizes], [log(value) for value in values]
    middle_x, middle_y = sum(x) / len(x), sum(y) / len(y)
    spread = sum((one - middle_x) ** 2 for one in x)
    return sum((a - middle_x) * (b - middle_y) for a, b in zip(x, y, strict=True)) / spread
