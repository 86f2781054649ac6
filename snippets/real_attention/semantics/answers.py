# SPDX-License-Identifier: MIT
import torch

from snippets.real_attention.semantics.causal import causal, mask_and_causal
from snippets.real_attention.semantics.defaults import dropout, scale
from snippets.real_attention.semantics.edges import hidden_nan, one_axis, too_large
from snippets.real_attention.semantics.implementations import (
    function,
    implementations,
    module,
)
from snippets.real_attention.semantics.masks import (
    boolean_mask,
    float_mask,
    keys,
    nothing_left,
    two_queries,
    values,
)

# --8<-- [start:answer]
questions = (
    boolean_mask,
    float_mask,
    nothing_left,
    causal,
    mask_and_causal,
    dropout,
    scale,
    one_axis,
    hidden_nan,
    too_large,
)


def answer(question, attend):
    try:
        return question(attend)
    except TypeError:
        return "no option"
    except (AssertionError, IndexError, RuntimeError, ValueError):
        return "refused"


# --8<-- [end:answer]


def standing(row, name):
    """Return "odd" for an answer that most of the others do not give, else "usual"."""
    given = [word for word in row.values() if word not in ("no option", "refused")]
    most = max(given, key=given.count)
    return "usual" if row[name] not in given or row[name] == most else "odd"


# --8<-- [start:for_function]
may_attend = torch.tensor([[True, True, False]])  # (1, keys), 3 is padding
for_function = may_attend.expand(2, 3)  # (queries, keys)
# --8<-- [end:for_function]

# --8<-- [start:for_module]
for_module = ~for_function  # (queries, keys)
# --8<-- [end:for_module]

# --8<-- [start:to_add]
to_add = torch.zeros(2, 3).masked_fill(~may_attend, -torch.inf)  # like them
# --8<-- [end:to_add]

if __name__ == "__main__":
    # --8<-- [start:answers]
    answers = {
        question.__name__: {
            name: answer(question, implementation)
            for name, implementation in implementations.items()
        }
        for question in questions
    }
    for question, row in answers.items():
        *others, last = row.values()
        print(f"{question:15}", *(f"{word:12}" for word in others), last)
    # --8<-- [end:answers]

    # --8<-- [start:show_one_mask]
    torch.set_printoptions(sci_mode=False)  # no powers of ten
    for attend, mask in [
        (function, for_function),
        (module, for_module),
        (function, to_add),
        (module, to_add),
    ]:
        weights = attend(two_queries, keys, values, attn_mask=mask)
        print(f"{attend.__name__}, {mask.dtype}:", weights, sep="\n")
    # --8<-- [end:show_one_mask]
