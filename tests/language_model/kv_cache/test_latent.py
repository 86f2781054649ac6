# SPDX-License-Identifier: MIT
import torch
from torch.testing import assert_close

from snippets.language_model.kv_cache import latent
from snippets.real_attention.rotary.rotary import rotate
from snippets.walkthrough.inputs import x


def by_loops():
    """Compute each head and query separately, with plain keys joined from both parts."""
    rows = []
    for head in range(2):
        keys = torch.cat([x @ latent.w_down @ latent.up_key[head], latent.turned_keys], dim=-1)
        values = x @ latent.w_down @ latent.up_value[head]
        for i in range(3):
            turned = rotate(x[i] @ latent.w_turned_query[head], torch.tensor(i))
            query = torch.cat([x[i] @ latent.w_plain_query[head], turned])
            rows.append((keys @ query / 5**0.5).softmax(dim=-1) @ values)
    return torch.stack(rows).unflatten(0, (2, 3))


def test_both_forms_are_attention_with_keys_of_two_parts():
    assert_close(latent.naive(), by_loops(), atol=1e-5, rtol=1e-5)
    assert_close(latent.absorbed(), by_loops(), atol=1e-5, rtol=1e-5)


def test_both_forms_agree_to_rounding_with_other_numbers(monkeypatch):
    random = torch.Generator().manual_seed(1)
    for name in ("up_key", "up_value", "plain_queries", "latents", "turned_queries", "turned_keys"):
        other = torch.randn(getattr(latent, name).shape, generator=random).double()
        monkeypatch.setattr(latent, name, other)
    assert_close(latent.naive(), latent.absorbed(), atol=1e-14, rtol=1e-14)


def test_positions_change_the_outputs(monkeypatch):
    before = latent.naive()
    monkeypatch.setattr(latent, "turned_keys", x @ latent.w_turned_key)
    assert not before.allclose(latent.naive(), atol=1e-3)


def test_the_latents_are_fewer_numbers_than_the_keys_and_values():
    assert latent.latents.shape[-1] + latent.turned_keys.shape[-1] == 4
    assert latent.naive().shape == (2, 3, 3)
