# SPDX-License-Identifier: MIT
import torch

from snippets.walkthrough.attention_scores import scores
from snippets.walkthrough.projection_weights import w_key, w_query
from snippets.walkthrough.queries_keys_values import keys

# --8<-- [start:look_back]
places = torch.eye(3)  # (inputs, d_model), each word says where it stands
look_for = torch.tensor([[0.0, 0, 0], [10, 0, 0], [0, 10, 0]])  # (d_model, d_k)
found_by = torch.eye(3)  # (d_model, d_k)
# --8<-- [end:look_back]

if __name__ == "__main__":
    # --8<-- [start:new_query]
    new_query = torch.tensor([1.0, 1.0, 0.0])  # (d_k,)
    new_scores = new_query @ keys.T  # (keys,)
    print("new_scores:", new_scores)
    # --8<-- [end:new_query]

    # --8<-- [start:two_keys]
    two_scores = torch.tensor([2.0, 0.0])  # (keys=2,)
    two_weights = two_scores.softmax(dim=-1)  # (keys=2,)
    print("powers of e:", two_scores.exp())
    print("weights:    ", two_weights)
    # --8<-- [end:two_keys]

    # --8<-- [start:shifted]
    shifted = scores[1] - scores[1].max()  # (keys,)
    powers = shifted.exp()  # (keys,)
    torch.set_printoptions(sci_mode=False)  # no powers of ten
    print("powers of e:", powers)
    print("their sum:  ", powers.sum())
    print("weights:    ", powers / powers.sum())
    # --8<-- [end:shifted]

    # --8<-- [start:learned]
    for name, matrix in {"w_query": w_query, "w_key": w_key}.items():
        print(name, "is stored and learned:", matrix.numel(), "numbers")
    print("weights are computed for each text:", scores.softmax(dim=-1).shape)
    # --8<-- [end:learned]

    # --8<-- [start:show_look_back]
    asked, answered = places @ look_for, places @ found_by  # (inputs, d_k)
    torch.set_printoptions(sci_mode=False)  # no powers of ten
    print("weights:", (asked @ answered.T).softmax(dim=-1), sep="\n")
    # --8<-- [end:show_look_back]
