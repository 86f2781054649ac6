# SPDX-License-Identifier: MIT
from snippets.language_model.kv_cache import exercises
from snippets.language_model.kv_cache.sizes import Model, cache_bytes


def test_each_token_adds_49152_bytes():
    assert exercises.per_token == 49_152 == cache_bytes(Model(24, 2 * 4 * 128, ""), 1)


def test_from_the_top_left_the_two_queries_see_one_key_and_two():
    assert exercises.seen.tolist() == [1, 2]


def test_twice_the_text_takes_four_times_the_scores():
    assert round(exercises.ratio) == 4
