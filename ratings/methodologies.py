"""Methodologies as they are stored: presets, versions with their dates, own ones of a region."""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from monitoring.models import Region

from .award_rules import read_award_rules
from .models import Methodology, Rating
from .presets import preset_slugs, read_preset
from .rules import Rules
from .rules_data import RulesError, read_rules
from .tables_data import canonical


def store_preset(slug: str) -> None:
    """Write the versions of a preset that are not stored yet; KeyError where there is no such preset."""
    preset = read_preset(slug)
    for data in preset["versions"]:
        Methodology.objects.get_or_create(
            slug=slug,
            version=data["version"],
            defaults={
                "name": preset["name"],
                "since": data["since"],
                "until": data["until"],
                "open": preset["open"],
                "data": data,
            },
        )


def check(data: Mapping[str, Any]) -> Rules:
    """The rules of a methodology's data, its award rules read too; RulesError says what is wrong with either."""
    rules = read_rules(data)
    if data.get("awards"):
        read_award_rules(data["awards"], [item.code for item in rules.items])
    return rules


def store_presets() -> None:
    """All presets that ship with the project."""
    for slug in preset_slugs():
        store_preset(slug)


def version_data(slug: str, version: str = "") -> dict[str, Any]:
    """The rules of that version, or else of the one that came into force last: as stored, or of the preset. KeyError
    where there is neither."""
    stored = Methodology.objects.of(slug)
    found = (stored.filter(version=version) if version else stored).last()
    if found:
        return found.data
    versions = read_preset(slug)["versions"]
    named = [each for each in versions if each["version"] == version] if version else versions[-1:]
    if not named:
        raise KeyError(version)
    return named[0]


def save_version(
    methodology: Methodology,
    region: Region,
    data: dict[str, Any],
    *,
    version: str,
    since: dt.date | None,
    until: dt.date | None,
) -> Methodology:
    """Keep changed rules as the region's own. A version that no rating has used is rewritten; one that was used, or is
    published for all, stays as it is and a new version is made beside it.

    Raises RulesError where the rules cannot be read, IntegrityError where there is such a version.
    """
    check(data)
    with transaction.atomic():
        target = Methodology.objects.select_for_update().get(pk=methodology.pk)
        own = target.region_id == region.pk
        if not own or target.version != version or Rating.objects.filter(methodology=target).exists():
            slug = target.slug if own else f"{target.slug}-{region.code.lower()}"
            target = Methodology(slug=slug[:60], name=target.name, region=region, open=target.open)
        target.version, target.since, target.until = version, since, until
        target.data = data | {"version": version}
        target.save()
    return target


# --- files ------------------------------------------------------------------------------------------------------------


def file_data(methodology: Methodology) -> dict[str, Any]:
    """A version as files have it: what ratings/presets holds, and `load` takes back."""
    dates = {"since": methodology.since, "until": methodology.until}
    return {
        "slug": methodology.slug,
        "name": methodology.name,
        "open": methodology.open,
        "versions": [
            methodology.data
            | {name: day and day.isoformat() for name, day in dates.items()}
            | {"version": methodology.version}
        ],
    }


def load(region: Region, content: bytes) -> list[Methodology]:
    """Keep the versions of a file (JSON as in ratings/presets, or one version with a `name`) as the region's own. A
    version that no rating has used is rewritten. Returns those that are new or others than before.

    RulesError says what is wrong with the file; then nothing is kept.
    """
    data = _parsed(content)
    name = _text(data, "name", 200)
    slug = _own_slug(data.get("slug") or slugify(name), region)
    versions = data.get("versions", [data])
    if not isinstance(versions, list) or not all(isinstance(each, Mapping) for each in versions) or not versions:
        raise RulesError(_("The file holds no version of a methodology."))
    with transaction.atomic():
        kept = [_keep(region, slug, name, bool(data.get("open")), dict(version)) for version in versions]
    return [each for each in kept if each]


def _parsed(content: bytes) -> Mapping[str, Any]:
    try:
        data = json.loads(content.decode("utf-8-sig"))
        holdable = b"\\u0000" not in canonical(data)  # no base takes that character
    except (ValueError, RecursionError) as error:
        raise RulesError(_("The file is not JSON.")) from error
    if not isinstance(data, Mapping) or not holdable:
        raise RulesError(_("The file is not a methodology."))
    return data


def _text(data: Mapping[str, Any], field: str, most: int) -> str:
    value = data.get(field)
    if not isinstance(value, str) or not 0 < len(value.strip()) <= most:
        raise RulesError(_("The file needs “%(field)s”, of at most %(most)d letters.") % {"field": field, "most": most})
    return value.strip()


def _own_slug(text: object, region: Region) -> str:
    """The short name with the region's code behind it."""
    end = f"-{region.code.lower()}"
    return (slugify(str(text)).removesuffix(end) or "own")[: 60 - len(end)] + end


def _day(data: Mapping[str, Any], field: str) -> dt.date | None:
    value = data.get(field)
    try:
        return dt.date.fromisoformat(value) if value else None
    except (TypeError, ValueError) as error:
        raise RulesError(_("“%s” is not a date: write 2026-04-01.") % field) from error


def _keep(region: Region, slug: str, name: str, opened: bool, data: dict[str, Any]) -> Methodology | None:
    """One version; None where it is there already."""
    version, since, until = _text(data, "version", 40), _day(data, "since"), _day(data, "until")
    if since and until and since > until:
        raise RulesError(_("A version needs a name, and its dates must not cross."))
    check(data)
    known = Methodology.objects.select_for_update().filter(slug=slug, version=version).first()
    same = known and (known.data, known.since, known.until) == (data, since, until)
    if same:
        return None
    if known and Rating.objects.filter(methodology=known).exists():
        raise RulesError(_("There is a version “%s” already: it was used and stays as it is.") % version)
    kept = known or Methodology(slug=slug, version=version, region=region)
    kept.name, kept.open, kept.since, kept.until, kept.data = name, opened, since, until, data
    kept.save()
    return kept
