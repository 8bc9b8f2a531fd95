"""Subscribers as no network should give them: the kinds of nonsense that a reader must survive."""

import json
import re
from typing import Any

MISSING = object()
_INT64 = 2**63 - 1
# kind: (what, value as JSON would hold it)
COUNTS: dict[str, tuple[str, Any]] = {
    "negative": ("-816", -816),
    "zero": ("0", 0),
    "minus_one": ("-1", -1),
    "nan": ("NaN", float("nan")),
    "infinity": ("Infinity", float("inf")),
    "huge_1e18": ("10 to the 18th", 10**18),
    "int64": ("the largest of 64 bits", _INT64),
    "over_int32": ("one more than 32 bits hold", 2**31),
    "float": ("816.5", 816.5),
    "float_whole": ("816.0", 816.0),
    "string": ('"816"', "816"),
    "string_spaces": ('"1 234"', "1 234"),
    "string_nbsp": ('"1 234" with a no-break space', "1\u00a0234"),
    "string_comma": ('"1,234"', "1,234"),
    "string_k": ('"12,3K"', "12,3K"),
    "string_k_dot": ('"12.3K"', "12.3K"),
    "string_m": ('"1.2M"', "1.2M"),
    "string_cyrillic": ('"12,3 тыс."', "12,3 тыс."),
    "string_word": ('"много"', "много"),
    "empty_string": ('""', ""),
    "null": ("null", None),
    "missing": ("the field is not there", MISSING),
    "true": ("true", True),
    "false": ("false", False),
    "list": ("[816]", [816]),
    "object": ('{"count":816}', {"count": 816}),
    "hex": ('"0x10"', "0x10"),
    "exponent": ('"1e3"', "1e3"),
    "arabic_digits": ('"٨١٦"', "٨١٦"),
    "leading_zeros": ('"000816"', "000816"),
}
VIEWS = {"negative": "-5", "huge": str(10**18), "string": '"1,2K"'}
_VIEWS = re.compile(rb'"views":\{"count":\d+\}')


def shown(people: int | None, faults: frozenset[str]) -> Any:
    """The count as the faults would have it; MISSING = the field is not given, as where a page hides it."""
    for fault in faults:
        if fault.startswith("count_"):
            return COUNTS[fault.removeprefix("count_")][1]
    return MISSING if people is None else people


def as_text(value: Any) -> str:
    """The count as a page of HTML would show that value."""
    return value if isinstance(value, str) else json.dumps(value)


def with_odd_views(post: bytes, faults: frozenset[str]) -> bytes:
    """A post of VK with its views as the faults would have them."""
    for fault in faults:
        if fault.startswith("views_"):
            return _VIEWS.sub(b'"views":{"count":%b}' % VIEWS[fault.removeprefix("views_")].encode(), post)
    return post
