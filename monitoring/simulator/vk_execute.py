"""The code that `execute` gets, in the four forms that its users send. This is no interpreter of VKScript.

`return [API.a.b({…}), …];` with or without a projection such as `.items@.date` behind each call, and the two loops
over `values` that the pools of the `vk_api` library write.
"""

import json
import re
from typing import Any, NamedTuple

_DECODER = json.JSONDecoder()
_METHOD = r"API\.(\w+\.\w+)\(\s*"
_CALL = re.compile(r"\s*" + _METHOD)
_PROJECTION = re.compile(r"\s*\)((?:\s*[.@]{1,2}\s*\w+)*)\s*")
_STEP = re.compile(r"(@?)\.\s*(\w+)")
_RETURN = re.compile(r"\s*return\s*\[\s*")
_LOOP_HEAD = (
    r"\s*result\s*=\s*\[\s*\]\s*,\s*i\s*=\s*0\s*;|\s*i\s*=\s*0\s*,\s*result\s*=\s*\[\s*\]\s*;"  # in either order
)
_LOOP = rf"\s*,(?:{_LOOP_HEAD})\s*while\s*\(\s*i\s*<\s*values\.length\s*\)\s*\{{\s*"
_LOOP_END = r"\s*\)\s*\)\s*;\s*i\s*=\s*i\s*\+\s*1\s*;\s*\}\s*return\s+result\s*;?\s*"
_ONE_METHOD = re.compile(rf"{_LOOP}result\.push\(\s*{_METHOD}values\[i\]{_LOOP_END}")
_ONE_PARAM = re.compile(
    rf"{_LOOP}def_values\.(\w+)\s*=\s*values\[i\]\s*;\s*result\.push\(\s*{_METHOD}def_values{_LOOP_END}"
)
_DEFAULTS = re.compile(r"\s*var\s+def_values\s*=\s*")


class CompileError(ValueError):
    """The code is of no form that is known here."""


class InnerCall(NamedTuple):
    """projection: (spread, field) steps that are applied to the answer; spread = to each item of a list."""

    method: str
    values: dict[str, str]
    projection: tuple[tuple[bool, str], ...] = ()


def inner_calls(code: str) -> list[InnerCall]:
    """The calls that the code makes, in order. Raises CompileError."""
    try:
        if _RETURN.match(code):
            return _array(code)
        if _DEFAULTS.match(code):
            return _one_param(code)
        return _one_method(code)
    except (json.JSONDecodeError, RecursionError, AttributeError, TypeError):
        raise CompileError("unexpected token") from None


def project(value: Any, projection: tuple[tuple[bool, str], ...]) -> Any:
    """`value.items@.date`: a field of an object, or of each object in a list; null where there is none."""
    for spread, name in projection:
        if spread:
            items = value if isinstance(value, list) else []
            value = [item.get(name) if isinstance(item, dict) else None for item in items]
        else:
            value = value.get(name) if isinstance(value, dict) else None
    return value


def _literal(code: str, start: re.Pattern[str], at: int) -> tuple[Any, int]:
    """The JSON value behind `start`, and where it ends."""
    found = start.match(code, at)
    if not found:
        raise CompileError("a variable is missing")
    return _DECODER.raw_decode(code, found.end())


def _text(values: dict[str, Any]) -> dict[str, str]:
    return {key: str(int(value) if isinstance(value, bool) else value) for key, value in values.items()}


def _array(code: str) -> list[InnerCall]:
    at, calls = _RETURN.match(code).end(), []
    while not re.compile(r"\]\s*;?\s*$").match(code, at):
        call = _CALL.match(code, at)
        if not call:
            raise CompileError("a call is expected")
        values, at = ({}, call.end()) if code[call.end()] == ")" else _DECODER.raw_decode(code, call.end())
        closing = _PROJECTION.match(code, at)
        if not closing:
            raise CompileError("a bracket is missing")
        steps = tuple((spread == "@", name) for spread, name in _STEP.findall(closing[1]))
        calls.append(InnerCall(call[1], _text(values), steps))
        at = closing.end()
        comma = re.compile(r",\s*").match(code, at)
        at = comma.end() if comma else at
        if not comma and code[at : at + 1] != "]":
            raise CompileError("a comma is missing")
    return calls


def _one_method(code: str) -> list[InnerCall]:
    """`vk_one_method`: the same method for each of `values`."""
    values, at = _literal(code, re.compile(r"\s*var\s+values\s*=\s*"), 0)
    loop = _ONE_METHOD.fullmatch(code, at)
    if not loop:
        raise CompileError("unknown statement")
    return [InnerCall(loop[1], _text(each)) for each in values]


def _one_param(code: str) -> list[InnerCall]:
    """`vk_one_param`: the same method and defaults, one parameter going through `values`."""
    defaults, at = _literal(code, _DEFAULTS, 0)
    values, at = _literal(code, re.compile(r"\s*,\s*values\s*=\s*"), at)
    loop = _ONE_PARAM.fullmatch(code, at)
    if not loop:
        raise CompileError("unknown statement")
    return [InnerCall(loop[2], _text({**defaults, loop[1]: each})) for each in values]
