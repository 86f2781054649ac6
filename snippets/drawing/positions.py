# SPDX-License-Identifier: MIT
# folded
"""Draw positions: waves to add, angles that turn, biases that grow with distance."""

import matplotlib.pyplot as plt
import torch


def waves(sinusoidal):
    """Draw the numbers that `sinusoidal` gives each position, a strip for each pair."""
    figure, strips = plt.subplots(
        4, num="The numbers of a position, for d_model = 8", figsize=(6, 4.2), sharex=True
    )
    for pair, strip in enumerate(strips):
        times = torch.linspace(0, 30, 9 if pair else 61)
        first, second = sinusoidal(times, 8)[:, 2 * pair : 2 * pair + 2].T
        strip.plot(times, first, color="C0", lw=2)
        strip.plot(times, second, color="C0", lw=2, ls="--")
        turn = 2 * torch.pi * 10**pair
        strip.set_title(
            f"numbers {2 * pair + 1}, {2 * pair + 2}: one turn in {turn:,.1f} positions", size=13
        )
        strip.set(ylim=(-1.2, 1.2), yticks=(-1, 1))
    strips[-1].set_xlabel("position")
    turns = ", ".join(f"{2 * torch.pi * 10**pair:.1f}" for pair in range(4))
    figure.description = f"Sines solid, cosines dashed, one turn in {turns} positions."


def dials(rotate, query, key):
    """Draw the first pair of a query and a key at two pairs of positions, equally far apart."""
    figure = plt.figure("Both have turned, and the angle between them stays", figsize=(6, 3.1))
    told = []
    for place, (p, q) in enumerate([(5, 2), (105, 102)], start=1):
        dial = figure.add_subplot(1, 2, place, projection="polar")
        dial.set(rmax=1.7, rticks=[], xticks=[])
        ends = []
        for name, vector, at, color in [("query", query, p, "C1"), ("key", key, q, "C2")]:
            across, up = rotate(vector, torch.tensor(at))[:2]
            angle = torch.atan2(up, across).item() % (2 * torch.pi)
            dial.plot([angle, angle], [0, torch.hypot(across, up)], color=color, lw=3)
            dial.text(angle, 1.75, f"{name} {at}", color=color, ha="center", va="center")
            ends.append(angle)
        arc = torch.linspace(*ends, 30)
        dial.plot(arc, torch.full((30,), 0.35), color="0.25", lw=1)
        between = f"{abs(ends[0] - ends[1]) * 180 / torch.pi:.0f}°"
        dial.text(sum(ends) / 2, 0.75, between, ha="center", va="center")
        told.append(f"{p} and {q}: {between}")
    figure.description = f"The first pair of a query and a key at {', at '.join(told)} apart."


def falling_curves(biases):
    """Draw the factor e^bias of each head over the distance. biases: (heads, distances)."""
    figure, axes = plt.subplots(num="What distance leaves of a power of e", figsize=(6, 3.9))
    left = biases.exp()
    distances = torch.arange(left.shape[-1])
    for head in range(8):
        axes.plot(distances, left[head], color="C5", lw=2)
        at = 2 if head == 0 else 16
        up = {7: 0.03, 6: -0.005, 5: -0.02}.get(head, 0.015)  # keeps labels apart
        axes.text(at + 0.3, left[head, at] + up, f"1/{2 ** (head + 1)}", va="center")
    axes.set(xlabel="distance", ylim=(0, 1), xlim=(0, 16))
    axes.set_title("e to the power of the bias, for each slope", size=13)
    at_8 = ", ".join(f"{number:.3f}" for number in left[:, 8])
    figure.description = f"One falling curve for each head. At distance 8 there is left: {at_8}."
