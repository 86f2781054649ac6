# SPDX-License-Identifier: MIT
# --8<-- [start:lengths]
import torch

lengths = 4, 64, 512, 4096
# --8<-- [end:lengths]


# --8<-- [start:draw]
def draw(d):
    random = torch.Generator().manual_seed(d)
    scores = torch.randn(10_000, 16, generator=random).double() * d**0.5
    return scores.softmax(dim=-1), (scores / d**0.5).softmax(dim=-1)


# --8<-- [end:draw]


# --8<-- [start:jacobian]
def jacobian(weights):
    pairs = weights.unsqueeze(-1) * weights.unsqueeze(-2)
    return torch.diag_embed(weights) - pairs  # (..., keys, keys)


# --8<-- [end:jacobian]


# --8<-- [start:mean_largest]
def mean_largest(weights):
    return weights.max(dim=-1).values.mean().item()


# --8<-- [end:mean_largest]


# --8<-- [start:norms]
def norms(weights):
    return torch.linalg.matrix_norm(jacobian(weights))  # (rows,)


# --8<-- [end:norms]

if __name__ == "__main__":
    # --8<-- [start:spread]
    random = torch.Generator().manual_seed(0)
    for d in lengths:
        many_queries = torch.randn(1000, d, generator=random)
        many_keys = torch.randn(1000, d, generator=random)
        dots = many_queries @ many_keys.T  # (1000, 1000)
        mean, spread = dots.mean(), dots.std()
        print(f"length {d:4}: mean {mean:5.2f}, spread {spread:5.2f}")
    # --8<-- [end:spread]

    # --8<-- [start:largest]
    largest = {d: [mean_largest(w) for w in draw(d)] for d in lengths}
    for d, (unscaled, scaled) in largest.items():
        print(f"length {d:4}: unscaled {unscaled:.3f}, scaled {scaled:.3f}")
    # --8<-- [end:largest]

    # --8<-- [start:means]
    means = {d: [norms(w).mean().item() for w in draw(d)] for d in lengths}
    for d, (unscaled, scaled) in means.items():
        print(f"length {d:4}: unscaled {unscaled:.3f}, scaled {scaled:.3f}")
    # --8<-- [end:means]

    # --8<-- [start:picture]
    import matplotlib.pyplot as plt

    title = "Scaled or not, by length"
    figure, panels = plt.subplots(1, 2, figsize=(6, 3), num=title)
    for panel, measured in zip(panels, [largest, means], strict=True):
        for i, style in enumerate(["o--", "o-"]):
            heights = [measured[d][i] for d in lengths]
            panel.plot(range(4), heights, style, color="C5")
        panel.set_xticks(range(4), lengths)
        panel.set(xlabel="length", ylim=(0, None))
    panels[0].set_title("largest weight\n", size=13)
    panels[1].set_title("norm of the Jacobian\n", size=13)
    panels[0].text(1.2, 0.72, "not scaled")
    panels[0].text(1.2, 0.3, "scaled")
    panels[1].text(1.2, 0.17, "not scaled")
    panels[1].text(1.2, 0.32, "scaled")
    figure.description = "; ".join(
        f"length {d}: "
        f"largest weight {largest[d][0]:.2f} not scaled, "
        f"{largest[d][1]:.2f} scaled, "
        f"norm {means[d][0]:.2f} not scaled, {means[d][1]:.2f} scaled"
        for d in lengths
    )
    # --8<-- [end:picture]

    # --8<-- [start:d_model]
    d_model, d_k = 512, 64
    random = torch.Generator().manual_seed(0)
    long_inputs = torch.randn(1000, d_model, generator=random)
    to_queries = torch.randn(d_model, d_k, generator=random) / d_model**0.5
    to_keys = torch.randn(d_model, d_k, generator=random) / d_model**0.5
    dots = (long_inputs @ to_queries) @ (long_inputs @ to_keys).T
    for scale in 1, d_k**0.5, d_model**0.5:
        print(f"divided by {scale:5.2f}, spread {(dots / scale).std():.2f}")
    # --8<-- [end:d_model]
