"""What a well-kept page has: госметка, appearance, widgets, connection, posting norm; and what to do where it lacks."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from monitoring.models import Page, PageClass, PageProfile, PageState, PlatformCode
from monitoring.platforms.base import PosWidget

# Posts in seven days that the published methodologies ask for.
POSTING_NORM = 3
# What a network has no place for.
NOT_THERE = {
    PlatformCode.OK: {"pos_widget", "widgets"},
    PlatformCode.TELEGRAM: {"has_cover", "pos_widget", "widgets"},
    PlatformCode.MAX: {"has_cover", "pos_widget", "widgets"},
}


class Verdict(StrEnum):
    YES = "yes"
    NO = "no"
    NOT_APPLICABLE = "not_applicable"
    NO_DATA = "no_data"


@dataclass(frozen=True, slots=True)
class Check:
    """One requirement. `advice`: what to do, only where the verdict is NO or needs explaining; `name`: by which
    compliance/data/requirements.json tells its basis."""

    title: str
    verdict: Verdict
    advice: str = ""
    name: str = ""


def checklist(page: Page, profile: PageProfile | None, state: PageState) -> list[Check]:
    """Every requirement with its verdict for the page as last seen."""
    return [*requirements(page, profile), posting_norm(page, state)]


def requirements(page: Page, profile: PageProfile | None) -> list[Check]:
    """What the page has to show, however often it posts."""
    profile = profile or PageProfile(page=page)
    return [
        plain(page, profile, "state_mark", _("State mark"), _("Confirm the page on Gosuslugi.")),
        plain(page, profile, "has_avatar", _("Avatar"), _("Upload the emblem of the institution.")),
        plain(
            page,
            profile,
            "has_description",
            _("Description"),
            _("Write who keeps the page, the full name of the institution and its contacts."),
        ),
        plain(
            page,
            profile,
            "names_institution",
            _("Name of the institution"),
            _("Write the name of the institution, as its charter has it, into the title or the description."),
        ),
        plain(
            page,
            profile,
            "has_contacts",
            _("Phone or e-mail"),
            _("Write a phone and an e-mail into the description."),
        ),
        plain(page, profile, "has_site", _("Address of the site"), _("Write the address of the institution's site.")),
        plain(page, profile, "has_cover", _("Cover"), _("Upload a cover in the page's settings.")),
        pos_widget(page, profile),
        menu_widgets(page, profile),
        component(page),
    ]


def plain(page: Page, profile: PageProfile, name: str, title: str, advice: str) -> Check:
    if name in NOT_THERE.get(page.platform, ()):
        return Check(title, Verdict.NOT_APPLICABLE, name=name)
    return yes_or_no(name, title, getattr(profile, name), advice)


def yes_or_no(name: str, title: str, value: bool | None, advice: str) -> Check:
    if value is None:
        return Check(title, Verdict.NO_DATA, name=name)
    return Check(title, Verdict.YES, name=name) if value else Check(title, Verdict.NO, advice, name)


def pos_widget(page: Page, profile: PageProfile) -> Check:
    name, title = "pos_widget", _("ПОС widget")
    if name in NOT_THERE.get(page.platform, ()):
        return Check(title, Verdict.NOT_APPLICABLE, name=name)
    match profile.pos_widget:
        case PosWidget.RIGHT:
            return Check(title, Verdict.YES, name=name)
        case PosWidget.PRESENT:
            advice = _("The widget is up, but the registry lacks the ОГРН to check it by.")
            return Check(title, Verdict.YES, advice, name)
        case PosWidget.WRONG:
            advice = _("The widget carries another ОГРН: take the link from the own account of the ПОС.")
            return Check(title, Verdict.NO, advice, name)
        case PosWidget.ABSENT:
            return Check(title, Verdict.NO, _("Put the «Report a problem» button into the page's menu."), name)
        case _:
            return Check(title, Verdict.NO_DATA, name=name)


def menu_widgets(page: Page, profile: PageProfile) -> Check:
    name, title = "widgets", _("Two menu widgets")
    if name in NOT_THERE.get(page.platform, ()):
        return Check(title, Verdict.NOT_APPLICABLE, name=name)
    if profile.widgets is None:
        return Check(title, Verdict.NO_DATA, name=name)
    advice = {0: _("There is none: add two."), 1: _("There is one: add another.")}
    return yes_or_no(name, title, profile.widgets >= 2, advice.get(profile.widgets, ""))


def component(page: Page) -> Check:
    advice = _("Connect the page in the account of the ПОС, section «Госпаблики».")
    return yes_or_no("component", _("Connected to «Госпаблики»"), page.connected_to_component, advice)


def posting_norm(page: Page, state: PageState) -> Check:
    name, title = "posting", _("At least 3 posts in 7 days")
    if page.page_class == PageClass.CARD:
        return Check(title, Verdict.NOT_APPLICABLE, _("A business card has no posting norm."), name)
    if state.posts_7 is None:
        return Check(title, Verdict.NO_DATA, name=name)
    lacking = POSTING_NORM - state.posts_7
    advice = ngettext("%(count)s more post is needed.", "%(count)s more posts are needed.", max(lacking, 0))
    return yes_or_no(name, title, lacking <= 0, advice % {"count": max(lacking, 0)})


def met(checks: Iterable[Check]) -> tuple[int, int]:
    """How many requirements are met, and how many could be judged at all."""
    judged = [check for check in checks if check.verdict in (Verdict.YES, Verdict.NO)]
    return sum(check.verdict == Verdict.YES for check in judged), len(judged)
