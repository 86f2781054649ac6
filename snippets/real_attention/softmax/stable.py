# SPDX-License-Identifier: MIT
# --8<-- [start:naive]
import torch

from snippets.walkthrough.attention_scores import scores


def naive_softmax(scores, dim):
    powers = scores.exp()
    return powers / powers.sum(dim=dim, keepdim=True)


# --8<-- [end:naive]


# --8<-- [start:softmax]
def softmax(scores, dim):
    largest = scores.amax(dim=dim, keepdim=True)
    powers = (scores - largest).exp()
    return powers / powers.sum(dim=dim, keepdim=True)


# --8<-- [end:softmax]

if __name__ == "__main__":
    # --8<-- [start:overflow]
    print("e^88 and e^89  ", torch.tensor([88.0, 89.0]).exp())
    large = torch.tensor([100.0, 101.0])  # (keys=2,)
    print("e^100 and e^101", large.exp())
    print("weights        ", naive_softmax(large, dim=-1))
    # --8<-- [end:overflow]

    # --8<-- [start:half]
    torch.set_printoptions(sci_mode=False)  # no powers of ten
    print("in 16 bits:", naive_softmax(scores.to(torch.float16), dim=-1), sep="\n")
    # --8<-- [end:half]

    # --8<-- [start:stable]
    import torch.nn.functional as F

    print("ours        ", softmax(large, dim=-1))
    print("torch's     ", F.softmax(large, dim=-1))
    print("of 0 and 1  ", softmax(torch.tensor([0.0, 1.0]), dim=-1))
    # --8<-- [end:stable]

    # --8<-- [start:stable_half]
    print("in 16 bits:", softmax(scores.to(torch.float16), dim=-1), sep="\n")
    # --8<-- [end:stable_half]

    # --8<-- [start:wrong_dim]
    columns = softmax(scores, dim=0)  # (queries, keys)
    print("sum of each column", columns.sum(dim=0))
    print("sum of each row   ", columns.sum(dim=-1))
    # --8<-- [end:wrong_dim]

    # --8<-- [start:without_dim]
    import warnings

    random = torch.Generator().manual_seed(0)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for shape in (3,), (3, 3), (3, 3, 3), (3, 3, 3, 3):
            tried = torch.rand(shape, generator=random)
            guessed = F.softmax(tried)  # no dim
            axes = range(tried.dim())
            taken = [d for d in axes if guessed.equal(tried.softmax(dim=d))]
            print(f"{tried.dim()}-D: takes dim={taken[0]}")
    print(f"{len(caught)} warnings:", str(caught[0].message).partition(".")[0])
    # --8<-- [end:without_dim]
