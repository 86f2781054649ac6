# SPDX-License-Identifier: MIT


def test_the_count_is_that_of_four_matrices_and_their_biases(solved):
    assert sum(solved["counts"].values()) == 2 * (8 * 8 + 8) + 2 * (8 * 4 + 4) == 216


def test_a_cache_is_counted_in_bytes(solved):
    assert solved["cache"] == 512 * 2**20
