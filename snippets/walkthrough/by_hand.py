# SPDX-License-Identifier: MIT
"""Write out the sums of the chapters' code as on paper."""


def number(value):
    """Format a number: no trailing zeros, at most 4 decimals."""
    return f"{round(float(value), 4) + 0.0:.10g}"


def numbers(row):
    """Format a row of numbers, a tensor of shape (numbers,)."""
    return "[" + ", ".join(number(value) for value in row) + "]"


def sum_of_products(row, column):
    """Write out the sum for one number of a matrix product, from two rows (terms,)."""
    terms = (f"{number(a)}×{number(b)}" for a, b in zip(row, column, strict=True))
    return " + ".join(terms) + f" = {number(row @ column)}"


def row_times_matrix(label, row, matrix):
    """Return a line per column, from tensors (terms,) and (terms, columns)."""
    return [
        f"{label} {place}: {sum_of_products(row, column)}"
        for place, column in enumerate(matrix.T, start=1)
    ]


def softmax(scores):
    """Return a line per weight: e^score as a share of their sum, from scores (keys,)."""
    powers = scores.exp()
    total = powers.sum()
    return [
        f"e^{number(score)} = {power:.3f}, and {power:.3f} / {total:.3f} = {number(power / total)}"
        for score, power in zip(scores, powers, strict=True)
    ]


def weighted_rows(weights, values):
    """Return a line per key, from tensors (keys,) and (keys, d_v)."""
    return [
        f"{number(weight)} × {numbers(value)} = {numbers(weight * value)}"
        for weight, value in zip(weights, values, strict=True)
    ]
