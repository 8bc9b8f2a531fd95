"""A final rating as one file that anyone can compute again from nothing else."""

import datetime as dt
import gzip
import json
import zlib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from .computing import Computed, calculate, score_rows
from .digests import SEALED, header, seal, sealed_rows
from .models import Rating
from .names import public_names
from .rules_data import read_rules
from .tables_data import canonical, pack, read_table_data, unpack

FORMAT = "gospub-bundle-1"
MAX_BYTES = 200_000_000


class BundleError(ValueError):
    """The file is no bundle."""


def write_bundle(rating: Rating, now: dt.datetime) -> bytes:
    """Methodology, inputs, scores and the seal, as compressed JSON; the same rating gives the same bytes.

    People are numbers in it, but for those whose consent is in force at `now` (aware): their names stand outside the
    seal, so that a withdrawal leaves the proof whole.
    """
    content = {
        "format": FORMAT,
        "header": header(rating),
        "inputs": unpack(bytes(rating.inputs.packed)),
        "fields": list(SEALED),
        "scores": sealed_rows(rating),
        "names": public_names(rating, now),
        "digest": rating.digest,
    }
    return gzip.compress(canonical(content), 9, mtime=0)


def read_bundle(path: Path) -> dict[str, Any]:
    """The content of a bundle's file; BundleError where it is none."""
    try:
        with gzip.open(path) as file:
            content = json.loads(file.read(MAX_BYTES))
    except (OSError, EOFError, ValueError, RecursionError, zlib.error) as error:
        raise BundleError(_("The file cannot be read as a bundle.")) from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise BundleError(_("The file is not a bundle of a rating."))
    return content


def differences(content: dict[str, Any]) -> Iterator[str]:
    """What of the bundle does not follow from its own rules and inputs; nothing = the rating is proven.

    Raises BundleError where parts are missing.
    """
    try:
        packed = pack(content["inputs"])
        if seal(content["header"], packed, content["scores"]) != content["digest"]:
            yield _("the seal (sha256) does not fit the content")
        computed = recompute(content["header"]["rules"], content["inputs"])
        if len({row[0] for row in content["scores"]}) != len(content["scores"]):
            yield _("a subject has more than one score")
        stored = {row[0]: dict(zip(content["fields"], row, strict=True)) for row in content["scores"]}
        if content["header"]["groups"] != [[list(each) for each in label] for label in computed.result.labels]:
            yield _("the peer groups are others")
        yield from _scores_that_differ(computed, stored)
    except (LookupError, TypeError, AttributeError, ArithmeticError, ValueError) as error:
        raise BundleError(_("The bundle lacks a part, or a part is not what it should be: %s") % error) from error


def recompute(rules: dict[str, Any], inputs: dict[str, Any]) -> Computed:
    """The rating of the rules and the packed tables, from nothing else."""
    units = [read_table_data(unit) for unit in inputs["units"]]
    return calculate(read_rules(rules), read_table_data(inputs["whole"]), units)


def _scores_that_differ(computed: Computed, stored: dict[str, dict[str, Any]]) -> Iterator[str]:
    seen = set()
    for row in score_rows(computed):
        seen.add(row["key"])
        if row["key"] not in stored:
            yield _("%(subject)s has no score in the file") % {"subject": row["key"]}
            continue
        for name in SEALED:
            here, there = _plain(row[name]), stored[row["key"]][name]
            if here != there:
                fields = {"subject": row["key"], "name": name, "there": there, "here": here}
                yield _("%(subject)s: %(name)s is %(there)s in the file, computed again %(here)s") % fields
    for key in stored.keys() - seen:
        yield _("%(subject)s has a score, but no inputs") % {"subject": key}


def _plain(value: object) -> object:
    """A value of a score as it looks after a way through JSON."""
    return f"{value:.4f}" if isinstance(value, Decimal) else json.loads(json.dumps(value))
