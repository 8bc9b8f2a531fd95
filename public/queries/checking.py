"""Is this page official: what somebody typed against the registry of the regions that are open."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Q, QuerySet

from gospub.clock import local_day
from monitoring.models import Page, PageStatus, PlatformCode
from monitoring.registry.addresses import Address, AddressError, parse_address

from .regions import open_regions

MOST_FOUND = 8


class Verdict(StrEnum):
    """OFFICIAL: in the registry now. NOT_YET: will be from a later day on. ENDED: was until some day. TAKEN_OVER: the
    registry's page is gone, its address is another community's now. GONE: in the registry, and the network does not
    show it."""

    OFFICIAL = "official"
    NOT_YET = "not_yet"
    ENDED = "ended"
    TAKEN_OVER = "taken_over"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Found:
    page: Page
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Check:
    """problem: why the text cannot be understood, "" where it can. found: nothing = not in the registry. named: several
    networks were looked at, as a short name does not tell which."""

    text: str
    problem: str
    found: list[Found]
    named: bool = False


def check(text: str, platform: str, now: dt.datetime) -> Check:
    """The pages that `text` may mean: an address of any form, or a short name. platform: "" = told by the address, or
    any."""
    addresses, problem = understood(text, platform)
    if not addresses:
        return Check(text, problem, [])
    wanted = Q()
    for each in addresses:
        same = Q(handle=each.handle)
        if each.external_id:
            same |= Q(external_id=each.external_id)
        wanted |= Q(platform=each.platform) & same
    pages = public_pages(now).filter(wanted).order_by("platform", "pk")[:MOST_FOUND]
    found = [Found(page, verdict(page, local_day(now, page.institution.region.time_zone))) for page in pages]
    return Check(text, "", found, len(addresses) > 1)


def public_pages(now: dt.datetime) -> QuerySet[Page]:
    """All pages of the regions that are open, those of the past among them."""
    found = Page.objects.filter(institution__region__in=open_regions(now))
    return found.select_related("institution__region", "institution__municipality", "institution__sector")


def understood(text: str, platform: str) -> tuple[list[Address], str]:
    """What the text may name, and where that is nothing, why."""
    only = platform if platform in PlatformCode.values else None
    try:
        return [parse_address(text, only)], ""
    except AddressError as error:
        problem = str(error)
    if only or not is_name(text):
        return [], problem
    found = []
    for code in PlatformCode.values:
        try:
            found.append(parse_address(text, code))
        except AddressError:
            continue
    return found, problem


def is_name(text: str) -> bool:
    """Whether it is a short name, without a site."""
    return not any(sign in text.strip().strip("/") for sign in "/:?#") and "." not in text


def verdict(page: Page, today: dt.date) -> Verdict:
    """What the registry says of its page on that local day of the region."""
    if page.added_on > today:
        return Verdict.NOT_YET
    if page.status == PageStatus.REPLACED:
        return Verdict.TAKEN_OVER
    if page.archived_on and page.archived_on <= today:
        return Verdict.ENDED
    if page.status in (PageStatus.DELETED, PageStatus.NOT_FOUND, PageStatus.BLOCKED):
        return Verdict.GONE
    return Verdict.OFFICIAL
