"""Dividing whole numbers: a total over weights by largest remainder, in whole numbers throughout."""

from collections.abc import Sequence

Blocks = Sequence[tuple[int, int]]


def share_out(total: int, weights: Sequence[int]) -> list[int]:
    """Divide `total` cases in proportion to the weights, so that the parts add up to it exactly.

    Largest remainder; equal remainders go to the earlier part. ValueError for a negative total or no weight.
    """
    whole = sum(weights)
    if total < 0 or whole <= 0 or min(weights) < 0:
        raise ValueError(f"{total} cannot be divided over weights that add up to {whole}")
    parts = [total * weight // whole for weight in weights]
    rest = total - sum(parts)
    order = sorted(range(len(weights)), key=lambda place: (-(total * weights[place] % whole), place))
    for place in order[:rest]:
        parts[place] += 1
    return parts


def spread(blocks: Blocks, weights: Sequence[int]) -> list[int]:
    """Divide each block (number of months, its total) over its own months by their weights."""
    months: list[int] = []
    for length, total in blocks:
        months += share_out(total, weights[len(months) : len(months) + length])
    return months


def divide_within(total: int, weights: Sequence[int], limits: Sequence[int]) -> list[int]:
    """Divide `total` by weights, no part above its limit; what does not fit goes where there is room.

    ValueError if the limits together are below the total.
    """
    parts = [min(part, limit) for part, limit in zip(share_out(total, weights), limits, strict=True)]
    rest = total - sum(parts)
    if rest:
        room = [limit - part for part, limit in zip(parts, limits, strict=True)]
        if sum(room) < rest:
            raise ValueError(f"{total} marked cases do not fit into {sum(limits)}")
        parts = [part + more for part, more in zip(parts, share_out(rest, room), strict=True)]
    return parts
