"""What rounds add up to, compiled: the numbers of `runs.Sums`, in the order in which `runs.batch` reads them."""

from adapters.simulation.slots.compiled import njit

NUMBERS = 11
"""How many they are."""


@njit()
def add(sums, buckets, bounds, cap, base, win, award, games):  # type: ignore[no-untyped-def]
    """One round more: units of its base spin and of all before the cap, free games awarded at first and played in all."""
    sums[0] += base
    sums[1] += base * base
    sums[2] += base > 0
    sums[3] += award > 0
    sums[4] += games
    sums[5] += win > 0
    sums[8] += win
    if win >= cap:
        win = cap
        sums[9] += 1
    sums[6] += win
    sums[7] += win * win
    sums[10] = max(sums[10], win)
    place = 0
    while place < len(bounds) and win > bounds[place]:
        place += 1
    buckets[place] += 1
