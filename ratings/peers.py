"""Peer groups: who is compared with whom."""

from collections import defaultdict
from collections.abc import Callable

import numpy as np

from .parts import Array
from .rules import GroupField, PeerGroups
from .table import Table

# One or more combinations of the fields' texts, cut short where groups of a wider field were merged.
Label = tuple[tuple[str, ...], ...]


def group(peers: PeerGroups, table: Table, counted: Array) -> tuple[Array, list[Label]]:
    """The number of each row's peer group, and what each group is made of.

    counted: rows that make a group large enough; the others are put where their fields belong.
    """
    if not peers.by or not len(table):
        return np.zeros(len(table), dtype=np.int64), [((),)]
    columns = [_texts(field, peers, table) for field in peers.by]
    rows = list(zip(*columns, strict=True))
    counts: dict[tuple[str, ...], int] = defaultdict(int)
    for row, counts_too in zip(rows, counted.tolist(), strict=True):
        counts[row] += counts_too
    labels = sorted(merged(dict(counts), peers.least))
    number = {key: n for n, label in enumerate(labels) for key in label}
    return np.array([number[row] for row in rows], dtype=np.int64), labels


def _texts(field: GroupField, peers: PeerGroups, table: Table) -> list[str]:
    if field == GroupField.SIZE:
        names = ["", *map(str, range(len(peers.sizes) + 1))]
        classes = np.searchsorted(peers.sizes, table.sizes, side="right")
        return [names[n] for n in np.where(np.isnan(table.sizes), 0, classes + 1).tolist()]
    return list(table.fields[field])


def merged(counts: dict[tuple[str, ...], int], least: int) -> list[Label]:
    """The groups that are left after small ones were merged, each by the full combinations in it.

    The rule: from the narrowest field to the widest, all groups under one wider heading that are smaller than `least`
    become one; while that one is still too small, the smallest of its neighbours joins it. What is too small even
    with all its neighbours goes on to the next wider field. Only if all subjects together are too few is a group
    smaller than `least` left. Groups of one size go by the order of their names.
    """
    groups: list[tuple[tuple[str, ...], ...]] = [(key,) for key in counts]

    def size(label: Label) -> int:
        return sum(counts[key] for key in label)

    depth = len(next(iter(counts)))
    for width in range(depth - 1, -1, -1):
        by_heading: dict[tuple[str, ...], list[Label]] = defaultdict(list)
        for label in groups:
            by_heading[label[0][:width]].append(label)
        groups = [label for heading in sorted(by_heading) for label in _merge_small(by_heading[heading], size, least)]
    return groups


def _merge_small(labels: list[Label], size: Callable[[Label], int], least: int) -> list[Label]:
    ordered = sorted(labels, key=lambda label: (size(label), label))
    small = [label for label in ordered if size(label) < least]
    rest = ordered[len(small) :]
    if not small:
        return ordered
    pool = tuple(sorted(key for label in small for key in label))
    while size(pool) < least and rest:
        pool = tuple(sorted(pool + rest.pop(0)))
    return [pool, *rest]
