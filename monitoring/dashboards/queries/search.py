"""What the search box of every screen finds: institutions, pages, municipalities, founders and people."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gospub.accounts.models import User
from monitoring.models import Institution, Municipality, Page, Person, PlatformCode
from monitoring.registry.addresses import AddressError, parse_address
from monitoring.search.words import asked_words, fold, other_layout, words_of

# Rows that are looked through for the best ones; more than that and the question is too wide to rank its answers.
CANDIDATES = 200
LEAST = 2  # letters or digits that are worth looking for
MANY_PLACES = 500


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found: where it leads, and what tells it from others of its name."""

    title: str
    about: str
    url: str


@dataclass(frozen=True, slots=True)
class Group:
    """Things of one kind, the best first; `more`: there are others than these."""

    title: str | Promise
    hits: list[Hit]
    more: bool


@dataclass(frozen=True, slots=True)
class Found:
    """text: what was looked for. corrected: the same keys in the other keyboard layout, where only that was found.
    short: too little to look for."""

    text: str
    groups: list[Group]
    corrected: str = ""
    short: bool = False

    @property
    def total(self) -> int:
        return sum(len(group.hits) for group in self.groups)


def find(text: str, user: User, most: int) -> Found:
    """What the user may see and the text names, at most `most` of a kind."""
    text = " ".join(text.replace("\0", "").split())[:200]
    if sum(map(str.isalnum, text)) < LEAST:
        return Found(text, [], short=True)
    groups = _groups(text, user, most)
    if groups:
        return Found(text, groups)
    corrected = other_layout(text)
    groups = _groups(corrected, user, most)
    return Found(text, groups, corrected if groups else "")


def _groups(text: str, user: User, most: int) -> list[Group]:
    words = asked_words(text)
    addressed = list(_by_address(text, user))
    if addressed:
        return [Group(_("Pages"), [_page_hit(page) for page in addressed[:most]], len(addressed) > most)]
    if not words:
        return []
    kinds = (
        (_("Institutions"), _institutions, _institution_hit),
        (_("Pages"), _pages, _page_hit),
        (_("Municipalities"), _municipalities, _municipality_hit),
        (_("Founders"), _founders, _founder_hit),
        (_("Page admins"), _people, _person_hit),
    )
    result = []
    for title, rows, hit in kinds:
        ranked = sorted(map(hit, rows(user, words)), key=lambda found: _rank(found.title, words))
        if ranked:
            result.append(Group(title, ranked[:most], len(ranked) > most))
    return result


def _rank(name: str, words: list[str]) -> tuple[int, int, str]:
    """Names that say the words themselves before those that say them by an abbreviation; short ones first."""
    said = f" {' '.join(map(fold, words_of(name)))} "
    return (sum(word not in said for word in words), len(name), name)


def having(words: Iterable[str], column: str = "search") -> Q:
    """Rows whose column has every word."""
    found = Q()
    for word in words:
        found &= Q(**{f"{column}__contains": word})
    return found


def _institutions(user: User, words: list[str]) -> QuerySet[Institution]:
    """By name, ИНН and ОГРН; beside other words one may name the municipality that they lie in."""
    asked = Q()
    for word in words:
        of_word = Q(search__contains=word)
        if len(words) > 1 and not word.strip().isdigit():
            places = list(_places(word))
            if len(places) <= MANY_PLACES:
                of_word |= Q(municipality__in=places)
        asked &= of_word
    return Institution.objects.visible_to(user).filter(asked).select_related("municipality", "region")[:CANDIDATES]


def _places(word: str) -> QuerySet[Municipality]:
    """Keys of municipalities that the word names, one more than are of use."""
    return Municipality.objects.filter(search__contains=word).order_by().values_list("pk", flat=True)[: MANY_PLACES + 1]


def _pages(user: User, words: list[str]) -> QuerySet[Page]:
    return Page.objects.visible_to(user).filter(having(words)).select_related("institution")[:CANDIDATES]


def _by_address(text: str, user: User) -> Iterator[Page]:
    """Pages at the address that the text is: of a link, or of @name on whatever network."""
    if not any(sign in text for sign in "/@.") or " " in text:
        return
    for platform in [None] if "/" in text or "." in text else PlatformCode:
        try:
            address = parse_address(text, platform)
        except AddressError:
            continue
        same = Q(handle=address.handle)
        if address.external_id:
            same |= Q(external_id=address.external_id)
        yield from Page.objects.visible_to(user).filter(same, platform=address.platform).select_related("institution")


def _municipalities(user: User, words: list[str]) -> list[Municipality]:
    """In the regions seen as a whole, else those with an institution that is seen."""
    found = Municipality.objects.filter(having(words)).select_related("region", "parent").order_by()
    rights = user.rights
    if not rights.everywhere:
        seen = Institution.objects.visible_to(user).exclude(region__in=rights.whole).values("municipality")
        found = found.filter(Q(region__in=rights.whole) | Q(pk__in=seen))
    return list(found[:CANDIDATES])


def _founders(user: User, words: list[str]) -> set[tuple[str, str, str]]:
    """(code of the region, its name, founder) of the institutions that are seen."""
    rows = Institution.objects.visible_to(user).filter(having(words, "founder_search")).order_by()
    return set(rows.values_list("region__code", "region__name", "founder")[: CANDIDATES * 10])


def _people(user: User, words: list[str]) -> list[Person]:
    """Only those who see a whole region see names in it."""
    if not (user.rights.everywhere or user.rights.whole):
        return []
    return list(Person.objects.visible_to(user).filter(having(words)).select_related("region")[:CANDIDATES])


def _institution_hit(row: Institution) -> Hit:
    return Hit(row.name, str(row.municipality or row.region), reverse("institution", args=[row.pk]))


def _page_hit(row: Page) -> Hit:
    return Hit(str(row), f"{row.get_platform_display()} · {row.institution.name}", reverse("page", args=[row.pk]))


def _municipality_hit(row: Municipality) -> Hit:
    return Hit(row.name, str(row.parent or row.region), _list(row.region.code, municipality=row.pk))


def _founder_hit(row: tuple[str, str, str]) -> Hit:
    code, region, founder = row
    return Hit(founder, region, _list(code, founder=founder))


def _person_hit(row: Person) -> Hit:
    return Hit(row.name, row.region.name, reverse("admin_card", args=[row.pk]))


def _list(code: str, **conditions: object) -> str:
    """The institutions of the region that meet the conditions."""
    query = QueryDict(mutable=True)
    query.update(conditions)
    return f"{reverse('institutions', args=[code])}?{query.urlencode()}"
