"""The public part of the region the browser looks at."""

import datetime as dt

from gospub.accounts.models import User
from monitoring.models import Page, Region
from open_data import keys
from public.models import Announcement, Publication
from ratings.computing import compute
from ratings.models import Passage, Rating, RatingState
from ratings.periods import read_period

NOW = dt.datetime(2024, 10, 26, 2, tzinfo=dt.UTC)
LONG_AGO = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
TEXT = "Заявки принимаются до 15 ноября.\n\nУчаствуют госпаблики, которые прошли отбор."


def keep_public(region: Region, pages: list[Page], user: User) -> dict[str, str]:
    """The region is open, was open before, announces things of every state, has published ratings of pages and of
    people and a key to its data; addresses by name."""
    Publication.objects.create(region=region, since=LONG_AGO, until=LONG_AGO, opened_by=user, closed_by=user)
    Publication.objects.create(region=region, since=LONG_AGO, opened_by=user)
    day = dt.date(2024, 10, 20)
    some = {"region": region, "text": TEXT, "written_by": user}
    shown = Announcement.objects.create(title="Начался отбор на премию", published_on=day, **some)
    Announcement.objects.create(title="Учёба в районах", published_on=day.replace(month=11), **some)
    Announcement.objects.create(title="Итоги года", published_on=day, until=day, **some)
    Announcement.objects.create(title="Ошибочное", published_on=day, withdrawn_at=NOW, **some)
    _key, _text = keys.make("Региональный портал открытых данных", None, user=user, now=NOW)
    keys.end(keys.make("Старый портал", region, user=user, now=NOW)[0], user=user, now=NOW)
    rating = _published(compute(region, read_period("2024-10-25"), "amur", NOW), user)
    people = _published(compute(region, read_period("2024-10"), "best-admin", NOW), user)
    place = f"/public/{region.code}"
    return {
        "public start": "/public/",
        "official page": f"/official/?q={pages[17].url}",
        "page taken over": f"/official/?q={pages[0].url}",
        "unknown page": "/official/?q=vk.com/nobody_knows",
        "no address": "/official/?q=школа 5",
        "public region": f"{place}/",
        "public pages": f"{place}/pages/",
        "public page": f"/p/{pages[4].pk}/",
        "public rating": f"/r/{rating.pk}/",
        "public rating of people": f"/r/{people.pk}/",
        "public method": f"{place}/methods/{rating.methodology_id}/",
        "public awards": f"{place}/awards/",
        "public announcements": f"{place}/announcements/",
        "publication": f"/regions/{region.code}/publication/",
        "announcement": f"/announcements/{shown.pk}/edit/",
        "keys": "/api-keys/",
    }


def _published(rating: Rating, user: User) -> Rating:
    Rating.objects.filter(pk=rating.pk).update(state=RatingState.FINAL)
    Passage.objects.create(rating=rating, state=RatingState.FINAL, at=NOW, by=user)
    return rating
