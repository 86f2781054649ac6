# SPDX-License-Identifier: MIT
# --8<-- [start:angles]
import torch


def angles(positions, d):
    assert d % 2 == 0, f"{d} numbers do not make pairs"
    steps = torch.arange(0, d, 2, device=positions.device)
    speeds = 10000 ** (-steps / d)  # (d / 2,)
    return positions.unsqueeze(-1) * speeds  # (..., d / 2)


# --8<-- [end:angles]
# --8<-- [start:sinusoidal]
def sinusoidal(positions, d_model):
    turned = angles(positions, d_model)  # (..., d_model / 2)
    pairs = torch.stack([turned.sin(), turned.cos()], dim=-1)
    return pairs.flatten(-2)  # (..., d_model)


encodings = sinusoidal(torch.arange(3), 4)
# --8<-- [end:sinusoidal]

if __name__ == "__main__":
    # --8<-- [start:show_sinusoidal]
    print(encodings)
    # --8<-- [end:show_sinusoidal]

    # --8<-- [start:products]
    print(encodings @ encodings.T)  # (positions, positions)
    # --8<-- [end:products]

    # --8<-- [start:show_moved]
    from snippets.real_attention.order.moved import moved, outputs_of
    from snippets.walkthrough.inputs import x

    print(outputs_of(x + encodings))
    print(outputs_of(x[moved] + encodings))
    # --8<-- [end:show_moved]

    # --8<-- [start:picture] hidden
    from math import pi

    import matplotlib.pyplot as plt

    figure, strips = plt.subplots(
        4, num="The numbers of a position, for d_model = 8", figsize=(6, 4.2), sharex=True
    )
    for pair, strip in enumerate(strips):
        times = torch.linspace(0, 30, 9 if pair else 61)
        first, second = sinusoidal(times, 8)[:, 2 * pair : 2 * pair + 2].T
        strip.plot(times, first, color="C0", lw=2)
        strip.plot(times, second, color="C0", lw=2, ls="--")
        turn = 2 * pi * 10**pair
        strip.set_title(
            f"numbers {2 * pair + 1}, {2 * pair + 2}: one turn in {turn:,.1f} positions", size=13
        )
        strip.set(ylim=(-1.2, 1.2), yticks=(-1, 1))
    strips[-1].set_xlabel("position")
    turns = ", ".join(f"{2 * pi * 10**pair:.1f}" for pair in range(4))
    figure.description = f"Sines solid, cosines dashed, one turn in {turns} positions."
    # --8<-- [end:picture]
