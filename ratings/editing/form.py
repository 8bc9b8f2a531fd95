"""The form of a whole methodology."""

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from ..rules import GroupField, Subject
from ..rules_data import read_rules
from .items import item_fields, read_items
from .parts import part_fields, read_gates, read_penalties, read_zones
from .values import comma, plain, share, whole


def form_of(data: Mapping[str, Any]) -> QueryDict:
    """The form of a methodology that nobody has touched; `read_form` is the way back."""
    rules = read_rules(data)
    form = QueryDict(mutable=True)
    form.update(dict(item_fields(data)) | dict(part_fields(data)))
    peers, least, line = data.get("peers", {}), rules.eligibility, data.get("line") or {}
    form.setlist("by", list(peers.get("by", ())))
    form.setlist("networks", list(rules.networks))
    form.update(
        {
            "subject": rules.subject.value,
            "unit": rules.unit.value if rules.unit else "",
            "unit_digits": "" if rules.unit_digits is None else str(rules.unit_digits),
            "least": str(peers.get("least", 1)),
            "sizes": "; ".join(peers.get("sizes", ())),
            "size_of": peers.get("size_of", "subscribers"),
            "digits": str(rules.digits),
            "days": str(least.days),
            "posts": str(least.posts),
            "collected": f"{least.collected * 100:g}",
            "line": next(iter(line), ""),
            "line_value": comma(next(iter(line.values()), "")),
        }
    )
    if data.get("winsorising"):
        form["winsorising"] = "1"
    return form


def read_form(form: QueryDict, data: Mapping[str, Any]) -> dict[str, Any]:
    """The data with what the form changes; whether it makes sense `read_rules` says. What the form does not show is
    kept as it is. RulesError where a field cannot be read."""
    items, ties = read_items(form, data)
    codes = [item.get("code", item["indicator"]) for item in items]
    penalties = read_penalties(form, data, codes)
    codes += [penalty.get("code", penalty["indicator"]) for penalty in penalties]
    chosen = [field for field in form.getlist("by") if field in set(GroupField)]
    order = list(data.get("peers", {}).get("by", ()))  # widest first, which the boxes of the form do not tell
    by = sorted(dict.fromkeys(chosen), key=lambda field: order.index(field) if field in order else len(order))
    unit_digits = form.get("unit_digits", "").strip()
    return dict(data) | {
        "subject": form.get("subject") or Subject.PAGE.value,
        "networks": list(dict.fromkeys(form.getlist("networks"))),
        "unit": form.get("unit") or None,
        "unit_digits": whole(unit_digits) if unit_digits else None,
        "items": items,
        "penalties": penalties,
        "gate": read_gates(form, data, codes),
        "zones": read_zones(form, data),
        "ties": ties,
        "digits": whole(form.get("digits") or "2"),
        "peers": {
            "by": by,
            "least": whole(form.get("least") or "1"),
            "sizes": [plain(each) for each in form.get("sizes", "").split(";") if each.strip()],
            "size_of": "population" if form.get("size_of") == "population" else "subscribers",
        },
        "eligibility": {
            "days": whole(form.get("days") or "0"),
            "posts": whole(form.get("posts") or "0"),
            "collected": share(form.get("collected") or "0"),
        },
        "winsorising": (data.get("winsorising") or {"most": 5}) if form.get("winsorising") else None,
        "line": _line(form),
    }


def _line(form: QueryDict) -> dict[str, Any] | None:
    kind, value = form.get("line", ""), form.get("line_value", "").strip()
    if kind == "places" and value:
        return {"places": whole(value)}
    return {"threshold": plain(value)} if kind == "threshold" and value else None
