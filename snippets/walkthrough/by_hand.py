# SPDX-License-Identifier: MIT
"""Write out the sums of the chapters' code as on paper."""


def number(value):
    """Format a number: no trailing zeros, at most 4 decimals."""
    return f"{round(float(value), 4) + 0.0:.10g}"


def numbers(row):
    """A row of numbers, from a tensor of shape (numbers,)."""
    return "[" + ", ".join(number(value) for value in row) + "]"


def sum_of_products(row, column):
    """The sum behind one number of a matrix product, from two tensors of shape (terms,)."""
    terms = (f"{number(a)}×{number(b)}" for a, b in zip(row, column, strict=True))
    return " + ".join(terms) + f" = {number(row @ column)}"


def row_times_matrix(label, row, matrix):
    """A line per column, from tensors of shapes (terms,) and (terms, columns)."""
    return [
        f"{label} {place}: {sum_of_products(row, column)}"
        for place, column in enumerate(matrix.T, start=1)
    ]


def softmax(scores):
    """A line per weight, from scores of shape (keys,): its power of e, as a share of all."""
    powers = scores.exp()
    total = powers.sum()
    return [
        f"e^{number(score)} = {power:.3f}, and {power:.3f} / {total:.3f} = {number(power / total)}"
        for score, power in zip(scores, powers, strict=True)
    ]


def weighted_rows(weights, values):
    """A line per key, from tensors of shapes (keys,) and (keys, d_v)."""
    return [
        f"{number(weight)} × {numbers(value)} = {numbers(weight * value)}"
        for weight, value in zip(weights, values, strict=True)
    ]
