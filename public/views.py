"""What anybody sees without a sign-in. Each gets what is open, asks its queries, renders one template."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import translation
from django.views.decorators.http import require_safe

from gospub import clock, limits
from gospub.accounts.audit import coming_from
from gospub.clock import local_day
from monitoring.dashboards import views as dashboards
from monitoring.models import PlatformCode

from .kept import Answer, Asked, kept, known, rendered, sent
from .paging import Paging
from .queries import awards, checking, method, pages, ratings, regions


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Those who are signed in go to their own screens, others to the public part, or to the sign-in where no region is
    open."""
    if request.user.is_authenticated:
        return dashboards.home(request)
    if regions.open_regions(clock.now()).exists():
        return redirect("public_start")
    return redirect_to_login(request.get_full_path())


@kept()
def public_start(asked: Asked) -> Answer:
    """Regions that are open; the check of a page above them."""
    context = {"regions": list(regions.open_regions(asked.now)), "networks": PlatformCode.choices}
    return "public/start.html", context


@login_not_required
@require_safe
def official_check(request: HttpRequest) -> HttpResponse:
    """Whose page `?q=` is and since when, or that it is not in the registry; 429 to those who ask too often."""
    now = clock.now()
    query = known(request.GET, ("q", "network"))
    text, network = query.get("q", "").strip(), query.get("network", "")
    asked = Asked(now, request.path, QueryDict(), request.build_absolute_uri("/").rstrip("/"))
    seconds = limits.wait("check", limits.network_of(coming_from.get()), settings.CHECKS_PER_MINUTE) if text else 0
    context = {"networks": PlatformCode.choices, "network": network, "q": text, "seconds": seconds}
    if seconds:
        response = sent(rendered("public/check.html", asked, context), status=429)
        response["Retry-After"] = str(seconds)
        return response
    if text:
        with translation.override(settings.LANGUAGE_CODE):
            context |= {"check": checking.check(text, network, now), "regions": list(regions.open_regions(now))}
            return sent(rendered("public/check.html", asked, context))
    return sent(rendered("public/check.html", asked, context))


@kept()
def public_region(asked: Asked, code: str) -> Answer:
    """How a region's official pages do, its published ratings, what it announces."""
    region = regions.open_region(code, asked.now)
    context = {
        "region": region,
        "view": regions.region_view(region, asked.now),
        "ratings": ratings.ratings_of(region, asked.now),
        "awarded": bool(awards.lists_of(region)),
        "networks": PlatformCode.choices,
    }
    return "public/region.html", context


@kept("q", "network", "page", free="q")
def public_pages(asked: Asked, code: str) -> Answer:
    """The official pages of a region."""
    region = regions.open_region(code, asked.now)
    words, network = asked.GET.get("q", ""), asked.GET.get("network", "")
    found = pages.pages_of(region, local_day(asked.now, region.time_zone), words, network)
    table = Paging(asked, found.order_by("shown_title", "pk"))
    context = {
        "region": region,
        "table": table,
        "rows": [(page, pages.state_of(page)) for page in table.page],
        "q": words,
        "network": network,
        "networks": PlatformCode.choices,
    }
    return "public/pages.html", context


@kept()
def public_page(asked: Asked, pk: int) -> Answer:
    """The card of an official page."""
    view = pages.page_view(pk, asked.now)
    return "public/page.html", {"region": view.region, "view": view, "page": view.page}


@kept("q", "group", "page", free="q")
def public_rating(asked: Asked, pk: int) -> Answer:
    """A published rating with its places."""
    view = ratings.rating_view(pk, asked.now)
    words, group = asked.GET.get("q", ""), asked.GET.get("group", "")
    table = Paging(asked, ratings.scores_of(view, words, group))
    context = {
        "region": view.region,
        "view": view,
        "rating": view.rating,
        "table": table,
        "rows": list(ratings.rows(table.page, view, asked.now)),
        "q": words,
        "group": group,
    }
    return "public/rating.html", context


@kept("page")
def public_awards(asked: Asked, code: str) -> Answer:
    """Whom the region awarded, by lists that were signed off."""
    region = regions.open_region(code, asked.now)
    table = Paging(asked, awards.published_awards(asked.now).filter(list__contest__region=region))
    context = {
        "region": region,
        "lists": awards.lists_of(region),
        "table": table,
        "rows": list(awards.winners(table.page, asked.now)),
    }
    return "public/awards.html", context


@kept()
def public_method(asked: Asked, code: str, pk: int) -> Answer:
    """How a published rating is counted, with an example."""
    region = regions.open_region(code, asked.now)
    view = method.method_view(region, pk, asked.now)
    return "public/method.html", {"region": region, "view": view}


@kept("page")
def announcements(asked: Asked, code: str) -> Answer:
    """What a region announces, the latest first."""
    region = regions.open_region(code, asked.now)
    found = regions.announcements_of(region, local_day(asked.now, region.time_zone))
    return "public/announcements.html", {"region": region, "table": Paging(asked, found, 20)}


# --- for search engines -----------------------------------------------------------------------------------------------


@kept(kind="text/plain; charset=utf-8")
def robots(asked: Asked) -> Answer:
    """The public part may be searched, nothing else."""
    return "public/robots.txt", {}


@kept(kind="application/xml; charset=utf-8")
def sitemap(asked: Asked) -> Answer:
    """One list of addresses a region."""
    return "public/sitemap.xml", {"regions": list(regions.open_regions(asked.now))}


@kept(kind="application/xml; charset=utf-8")
def region_sitemap(asked: Asked, code: str) -> Answer:
    """Addresses of a region: its own, its ratings with their methods, its pages."""
    region = regions.open_region(code, asked.now)
    found = pages.pages_of(region, local_day(asked.now, region.time_zone))
    context = {
        "region": region,
        "ratings": ratings.ratings_of(region, asked.now),
        "pages": found.order_by("pk").values_list("pk", flat=True)[:49_000],
    }
    return "public/region_sitemap.xml", context
