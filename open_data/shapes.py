"""What the rows of the API are made of. Every field is explained in words.py; None = no data, or does not apply."""

import datetime as dt
from typing import Any

from ninja import Schema


class RegionRow(Schema):
    code: str
    name: str
    oktmo: str
    time_zone: str
    adult_population: int | None
    open_since: dt.datetime
    daily_since: dt.date | None
    data_to: dt.date | None


class InstitutionRow(Schema):
    id: int
    name: str
    region: str
    municipality: str | None
    municipality_oktmo: str | None
    sector: str | None
    level: str
    founder: str | None
    ogrn: str | None
    inn: str | None


class PageRow(Schema):
    id: int
    platform: str
    handle: str
    external_id: str | None
    url: str
    title: str | None
    institution: int
    region: str
    page_class: str
    status: str
    added_on: dt.date
    archived_on: dt.date | None
    subscribers: int | None
    subscribers_provenance: str | None
    measured_on: dt.date | None
    change_month: int | None
    change_year: int | None
    posts_30: int | None
    views_30: int | None
    interactions_30: int | None
    quality_mark: str | None


class PageDayRow(Schema):
    day: dt.date
    subscribers: int | None
    subscribers_provenance: str | None
    subscribers_step: int | None
    posts: int | None
    own_posts: int | None
    views: int | None
    likes: int | None
    comments: int | None
    reposts: int | None
    people_comments: int | None
    answered_comments: int | None
    reading: str | None
    reason: str | None


class PageMonthRow(Schema):
    month: dt.date
    subscribers_first: int | None
    subscribers_last: int | None
    posts: int | None
    own_posts: int | None
    views: int | None
    likes: int | None
    comments: int | None
    reposts: int | None
    days_owed: int
    days_measured: int
    posts_days: int


class GroupRow(Schema):
    key: str
    name: str | None
    pages: int
    measured: int
    subscribers: int | None
    posts: int | None
    views: int | None
    interactions: int | None
    people_comments: int | None
    answered_comments: int | None


class RegionDayRow(GroupRow):
    day: dt.date


class RegionMonthRow(GroupRow):
    month: dt.date


class RatingRow(Schema):
    id: int
    region: str
    methodology: str
    methodology_name: str
    methodology_version: str
    subject: str
    unit: str
    first: dt.date
    last: dt.date
    edition: int
    last_edition: bool
    published_at: dt.datetime | None
    ranked: int
    scores: int
    digest: str


class RatingFull(RatingRow):
    groups: list[str]
    rules: dict[str, Any]


class AwardRow(Schema):
    id: int
    region: str
    contest: str
    year: int
    nomination: str
    place: int | None
    degree: int
    title: str
    person: str | None
    page: int | None
    institution: int | None
    edition: int
    signed_at: dt.datetime
    digest: str


class ScoreRow(Schema):
    id: int
    key: str
    name: str | None
    page: int | None
    institution: int | None
    group: str
    standing: str
    place: int | None
    points: float | None
    low: float | None
    high: float | None
    zone: str | None
    place_low: int | None
    place_high: int | None
