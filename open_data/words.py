"""What the fields of the API mean: in its OpenAPI document and on its page of help."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

FIELDS: dict[str, str | Promise] = {
    "added_on": _("day from which the page is in the registry"),
    "adult_population": _("adults, people"),
    "answered_comments": _("comments by people that the page has answered"),
    "archived_on": _("day from which the page is not official any more; null = it is"),
    "change_month": _("subscribers against a month before"),
    "change_year": _("subscribers against a year before"),
    "code": _("code of the region by ISO 3166-2"),
    "comments": _("comments under the posts published then"),
    "contest": _("name of the contest"),
    "daily_since": _("day from which pages are read every day; before it there may be single days only"),
    "data_to": _("last day of which there are figures"),
    "day": _("local day of the region"),
    "days_measured": _("days on which the number of subscribers was received"),
    "days_owed": _("days on which it was to be received"),
    "degree": _("degree of the diploma, 1 to 3; 0 = a laureate"),
    "digest": _("sha256 over what is sealed: rules, inputs and scores of a rating, the lines of an award list"),
    "edition": _("number of the edition: a corrected rating is the next one"),
    "external_id": _("id of the page in its network"),
    "first": _("first day of the period"),
    "founder": _("founder of the institution"),
    "group": _("peer group inside which the place counts"),
    "groups": _("peer groups of the rating"),
    "handle": _("short name in the network"),
    "high": _("what the points would be if all that is not known were at its best"),
    "id": _("permanent number"),
    "inn": _("ИНН of the institution"),
    "institution": _("id of the institution"),
    "interactions": _("likes, comments and reposts of the posts published then"),
    "interactions_30": _("likes, comments and reposts of the posts of 30 days"),
    "key": _("what the row is of: a permanent key"),
    "last": _("last day of the period"),
    "last_edition": _("whether no later edition was published"),
    "level": _("level: region, ministry, municipal, agency, legislative, university, other"),
    "likes": _("likes of the posts published then"),
    "low": _("what the points would be if all that is not known were at its worst"),
    "measured": _("pages whose number of subscribers was received"),
    "measured_on": _("day of the number of subscribers"),
    "methodology": _("short name of the methodology"),
    "methodology_name": _("name of the methodology"),
    "methodology_version": _("version of the methodology"),
    "month": _("first day of the month"),
    "municipality": _("municipality of the institution"),
    "municipality_oktmo": _("ОКТМО of the municipality"),
    "name": _("name; of people only with their consent, else null"),
    "nomination": _("nomination"),
    "ogrn": _("ОГРН of the institution"),
    "oktmo": _("ОКТМО of the region"),
    "open_since": _("moment from which the region is open"),
    "own_posts": _("posts that are neither reposts nor copies sent to many pages"),
    "page": _("id of the page"),
    "page_class": _("class: flagship, active, card"),
    "pages": _("accounts that existed"),
    "people_comments": _("comments by people"),
    "person": _("name of the awarded person; only with consent to the award list and to open data, else null"),
    "place": _("place inside the peer group, equal scores share it; null = no place, see standing"),
    "place_high": _("worst place of 90 % of the draws with shaken weights"),
    "place_low": _("best place of 90 % of the draws with shaken weights"),
    "platform": _("network: vk, ok, telegram, max"),
    "points": _("points, 0 to 100; null = nothing could be counted"),
    "posts": _("posts published then; 0 = the wall was read and there were none"),
    "posts_30": _("posts in 30 days"),
    "posts_days": _("days of which every post is known"),
    "published_at": _("moment at which the rating became final"),
    "quality_mark": _("code of the quality mark in force, null = none"),
    "ranked": _("how many have a place"),
    "reading": _("what became of the day's reading: ok, failed, due, skipped; null = none was owed"),
    "reason": _("why there is no number: a code, such as unreachable or closed; null where there is one"),
    "region": _("code of the region"),
    "reposts": _("reposts of the posts published then"),
    "rules": _("the methodology as data"),
    "scores": _("how many were rated"),
    "sector": _("what the institution does, from the wider to the narrower"),
    "signed_at": _("moment at which the award list was signed off"),
    "standing": _(
        "ranked = has a place; gate = does not meet the conditions; thin = too few data; nothing = not counted"
    ),
    "status": _("what the network last said: open, closed, blocked, deleted, not_found, replaced, unknown"),
    "subject": _("who is rated: page, institution, person, municipality, founder"),
    "subscribers": _("subscribers when they were read that day"),
    "subscribers_first": _("first measured subscribers of the month"),
    "subscribers_last": _("last measured subscribers of the month"),
    "subscribers_provenance": _("measured, rounded (by the network), estimated, manual"),
    "subscribers_step": _("to what the network rounds the number: 1 = it is exact"),
    "time_zone": _("time zone of the region"),
    "title": _("title in the network, of an award as it was then; phones and mail addresses are hidden"),
    "unit": _("kind of period: day, week, month, quarter, year"),
    "url": _("address of the page"),
    "views": _("views of the posts published then"),
    "views_30": _("views of the posts of 30 days"),
    "year": _("year of the contest"),
    "zone": _("zone of the methodology"),
}

PARAMETERS: dict[str, str | Promise] = {
    "code": _("code of the region, such as RU-KHA"),
    "cursor": _("the value of next of the answer before"),
    "dimension": _("what the pages are grouped by"),
    "format": _("json or csv; without it what Accept prefers"),
    "institution": _("only of this institution (id)"),
    "limit": _("rows in an answer"),
    "pk": _("id"),
    "platform": _("only of this network"),
    "region": _("only of this region (code)"),
    "since": _("first day"),
    "until": _("last day"),
}

# What cannot be known, or not exactly; told with the figures it concerns.
ROUNDED = _(
    "Networks round some large numbers, as Telegram does: subscribers_provenance and subscribers_step tell by how much."
)
MISSED = _("A day that could not be read has null and a reason; it is never filled with a neighbour's number.")
YOUNG = _("Counters of posts grow for 30 days after their publication and are frozen then.")
NO_VIEWS = _("Odnoklassniki tells the views of posts of few pages only, Telegram no comments: elsewhere they are null.")
NO_TEXT = _("Texts of pages and posts are not given away; phones and mail addresses in titles are hidden.")
GROUPED = _("subscribers is the sum over the measured pages: compare measured with pages before you compare days.")
FINAL = _("Only final ratings are published; a correction is the next edition.")
NAMES = _("People stand under their numbers; their names are given with their consent only and go when it ends.")

# What each address gives, by the name of its view.
ABOUT: dict[str, str | Promise] = {
    "api_regions": _("Regions that are open"),
    "api_region": _("One region"),
    "api_institutions": _("Institutions, those without any page among them"),
    "api_institution": _("One institution"),
    "api_pages": _("Official pages with their latest figures, those of the past among them"),
    "api_page": _("One page"),
    "api_page_days": _("A page by day, at most 366 days at once: the last ones of the span"),
    "api_page_months": _("A page by month"),
    "api_region_days": _(
        "A region by day, as a whole or by group, at most 366 days at once, 31 where there are many groups"
    ),
    "api_region_months": _("A region by month, as a whole or by group, at most 24 months where there are many groups"),
    "api_awards": _("Awards by the last signed list of each contest"),
    "api_ratings": _("Final ratings of every edition"),
    "api_rating": _("One rating with its methodology as data"),
    "api_rating_scores": _("Places and points of a rating"),
    "api_rating_bundle": _("Rules, inputs and scores of a rating as a packed file: anybody can compute it again"),
}
