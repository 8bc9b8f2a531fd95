"""What a subject of that size, population and age usually gets: least squares over the ranked subjects of a rating."""

from collections.abc import Mapping
from math import fsum

import numpy as np

from .parts import Array

# Fewer subjects than these give no expectation.
LEAST_SUBJECTS = 20


def expected_points(exact: Array, ranked: Array, facts: Mapping[str, Array]) -> Array:
    """Expected points (0–100) by the logarithms of mean subscribers, adults of the municipality and days of age; NaN
    where a fact is not known, or too few subjects are ranked.

    Ordinary least squares by its normal equations; sums are exact (`fsum`), so the order of rows changes no digit. A
    fact that is the same for all, or unknown for half of them, is left out. Why these: size, population and age explain
    engagement of municipal pages (docs/rating.md).
    """
    result = np.full(len(exact), np.nan)
    columns = [np.log1p(column) for column in facts.values() if _tells(column, ranked)]
    if not columns:
        return result
    matrix = np.round(np.stack([np.ones(len(exact)), *columns], axis=1), 9)
    complete = ~np.isnan(matrix).any(axis=1)
    fit = complete & ranked & ~np.isnan(exact)
    if fit.sum() < LEAST_SUBJECTS:
        return result
    coefficients = _least_squares(matrix[fit], exact[fit])
    if coefficients is None:
        return result
    total = np.zeros(len(exact))
    for column, coefficient in zip(matrix.T, coefficients, strict=True):
        total = total + column * coefficient
    result[complete] = np.round(np.clip(total, 0.0, 100.0), 6)[complete]
    return result


def _tells(column: Array, ranked: Array) -> bool:
    known = column[ranked & ~np.isnan(column)]
    return len(known) > 0.5 * ranked.sum() and len(np.unique(known)) > 1


def _least_squares(matrix: Array, values: Array) -> list[float] | None:
    """Solution of the normal equations by elimination with pivots; None where the columns say the same."""
    size = matrix.shape[1]
    rows = [
        [fsum((matrix[:, i] * matrix[:, j]).tolist()) for j in range(size)] + [fsum((matrix[:, i] * values).tolist())]
        for i in range(size)
    ]
    for column in range(size):
        pivot = max(range(column, size), key=lambda row: abs(rows[row][column]))
        if abs(rows[pivot][column]) < 1e-9:
            return None
        rows[column], rows[pivot] = rows[pivot], rows[column]
        for row in range(size):
            if row != column:
                factor = rows[row][column] / rows[column][column]
                rows[row] = [a - factor * b for a, b in zip(rows[row], rows[column], strict=True)]
    return [rows[n][size] / rows[n][n] for n in range(size)]
