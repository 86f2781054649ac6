# SPDX-License-Identifier: MIT
import runpy

from snippets.real_attention.grouped_queries import sharing


def test_neighbors_share_and_fewer_heads_of_keys_are_fewer_numbers(capsys):
    runpy.run_path(sharing.__file__, run_name="__main__")
    heads, interleaved, repeated, *grouped = capsys.readouterr().out.splitlines()
    assert heads.endswith("[0, 1, 2, 3]")
    assert interleaved.endswith("[0, 0, 1, 1]")
    assert repeated.endswith("[0, 1, 0, 1]")
    whole = 4 * (512 * 512 + 512)
    saved = {8: 0, 2: 2 * 384 * 513, 1: 2 * 448 * 513}
    for line, (heads, less) in zip(grouped, saved.items(), strict=True):
        words = line.replace(",", "").split()
        assert (
            words
            == f"{heads} key heads: {whole - less} learned {2 * heads * 64} kept per input".split()
        )
