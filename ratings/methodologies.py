"""Methodologies as they are stored: presets, versions with their dates, own ones of a region."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from monitoring.models import Region

from .award_rules import read_award_rules
from .models import Methodology, Rating
from .presets import preset_slugs, read_preset
from .rules import Rules
from .rules_data import read_rules


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
