"""An answer's rows as JSON with what must be known of them, or as CSV."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Generic, Literal, TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Schema
from ninja.errors import HttpError
from pydantic import Field

from monitoring.dashboards.exports import CONTROL, neutral

from .gate import ASK_AGAIN

CSV = "text/csv"
MOST, USUAL = 5000, 100
T = TypeVar("T")
Rows = Sequence[Mapping[str, Any]]


class Licence(Schema):
    name: str
    url: str


class Meta(Schema):
    """licence: on what terms the data may be used. gaps: what of the figures cannot be known, or not exactly."""

    licence: Licence
    source: str
    help: str
    gaps: list[str]


class Many(Schema, Generic[T]):
    """next: the cursor of the rows after these, null = there are none."""

    data: list[T]
    next: str | None = None
    meta: Meta


class One(Schema, Generic[T]):
    data: T
    meta: Meta


class Problem(Schema):
    detail: str


class Asking(Schema):
    """What every address takes."""

    format: Literal["json", "csv"] | None = None


class Listing(Asking):
    """Of lists: how many rows at once, and from which on."""

    limit: int = Field(USUAL, ge=1, le=MOST)
    cursor: str | None = Field(None, pattern=r"^[0-9]{1,18}$")

    @property
    def after(self) -> int:
        """Key of the last row of the answer before."""
        return int(self.cursor or 0)


class Nothing(Schema):
    """Of addresses that take no parameter."""


def only_known(request: HttpRequest, asked: type[Schema]) -> None:
    """422 to a parameter that the address does not take: left out silently, it would give another answer than meant."""
    if unknown := sorted(set(request.GET) - set(asked.model_fields)):
        raise HttpError(422, _("Not understood: %s.") % ", ".join(unknown)[:200])


# What addresses may answer besides 200.
REFUSALS = {401: Problem, 404: Problem, 422: Problem, 429: Problem}


def described(kind: str = CSV) -> dict[str, Any]:
    """What the OpenAPI document says of an answer that may come as another kind of file too."""
    form = {"type": "string", "format": "binary"} if kind != CSV else {"type": "string"}
    return {"responses": {200: {"content": {kind: {"schema": form}}}}}


def many(
    request: HttpRequest,
    asked: Asking,
    shape: type[Schema],
    rows: Iterable[Mapping[str, Any]],
    *,
    gaps: Sequence[str] = (),
    after: str | None = None,
    names: bool = False,
) -> HttpResponse | dict[str, Any]:
    """The rows as asked for. after: cursor of the rows after them. names: people are named in them."""
    only_known(request, type(asked))
    rows = list(rows)
    if wants_csv(request, asked):
        return _csv(request, shape, rows, after, names)
    return _answer({"data": rows, "next": after, "meta": meta(gaps)}, Many[shape], names)


def one(
    request: HttpRequest, asked: Asking, shape: type[Schema], row: Mapping[str, Any], *, gaps: Sequence[str] = ()
) -> HttpResponse | dict[str, Any]:
    """The row as asked for."""
    only_known(request, type(asked))
    if wants_csv(request, asked):
        return _csv(request, shape, [row], None, names=False)
    return {"data": row, "meta": meta(gaps)}


def cut(rows: list[Mapping[str, Any]], limit: int) -> tuple[list[Mapping[str, Any]], str | None]:
    """Rows of which one more than the limit was asked for: those within it, and the cursor of the rest."""
    if len(rows) <= limit:
        return rows, None
    return rows[:limit], str(rows[limit - 1]["id"])


def wants_csv(request: HttpRequest, asked: Asking) -> bool:
    if asked.format:
        return asked.format == "csv"
    return request.get_preferred_type(["application/json", CSV]) == CSV


def meta(gaps: Sequence[str]) -> dict[str, Any]:
    """On what terms, from where, what cannot be known."""
    return {
        "licence": {"name": settings.OPEN_DATA_LICENCE, "url": settings.OPEN_DATA_LICENCE_URL},
        "source": settings.PUBLIC_URL,
        "help": f"{settings.PUBLIC_URL}/api/",
        "gaps": [_("null is “no data”: the figure was not received. 0 is a measured zero."), *map(str, gaps)],
    }


def _answer(content: dict[str, Any], shape: type[Schema], names: bool) -> HttpResponse | dict[str, Any]:
    if not names:
        return content
    text = shape.model_validate(content).model_dump_json()
    return HttpResponse(text, content_type="application/json; charset=utf-8", headers={"Cache-Control": ASK_AGAIN})


def _csv(request: HttpRequest, shape: type[Schema], rows: Rows, after: str | None, names: bool) -> HttpResponse:
    """RFC 4180 without a byte order mark; an empty cell = no data; text that a spreadsheet would compute stands behind
    an apostrophe."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    columns = list(shape.model_fields)
    writer.writerow(columns)
    for row in rows:
        plain = shape.model_validate(row).model_dump(mode="json")
        writer.writerow([_cell(plain[name]) for name in columns])
    response = HttpResponse(file.getvalue(), content_type=f"{CSV}; charset=utf-8")
    if names:
        response["Cache-Control"] = ASK_AGAIN
    if after:
        query = request.GET.copy()
        query["cursor"] = after
        response["Link"] = f'<{request.path}?{query.urlencode()}>; rel="next"'
    return response


def _cell(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, bool | list | dict):
        return json.dumps(value, ensure_ascii=False)
    return neutral(CONTROL.sub("", value)) if isinstance(value, str) else value
