# SPDX-License-Identifier: LGPL-2.1-or-later
"""How long machines take, from those that are done; and when the last of many is done."""

import heapq


def fit(states):
    """Seconds of a machine and seconds of a byte, by least squares over the machines that are done; None where none is."""
    points = [(state["bytes"]["estimated"] or 0, state["seconds"]["total"]) for state in states
              if state["state"] == "done" and state["seconds"].get("total")]
    if not points:
        return None
    count = len(points)
    mean_x, mean_y = sum(x for x, _ in points) / count, sum(y for _, y in points) / count
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in points) / spread if spread else 0
    if slope <= 0 or mean_y - slope * mean_x < 0:
        # no line that makes sense: all of it goes with the bytes, or, without bytes, with the machines
        slope = mean_y / mean_x if mean_x and slope > 0 else 0
    return mean_y - slope * mean_x, slope


def makespan(seconds, workers):
    """When the last is done, if each worker takes the next of the list once it is free."""
    free = [0.0] * max(1, workers)
    for each in seconds:
        heapq.heapreplace(free, free[0] + each)
    return max(free)
