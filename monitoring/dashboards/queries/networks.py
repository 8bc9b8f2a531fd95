"""The networks as the operator sees them: switches, ways out, tokens, messages."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gospub.clock import local_day
from monitoring.models import AccessPause, CallCount, Network, NetworkState, OperatorMessage, PlatformCode
from monitoring.platforms.base import Token

from .collection import NETWORK_ZONE, token_limits

MESSAGES = 20
# As platforms.base.Token names them.
KINDS = {
    "service": _("service token"),
    "user": _("user's token"),
    "community": _("community's token"),
    "application": _("application's token"),
    "bot": _("bot's token"),
    "public": _("public pages"),
}


@dataclass(frozen=True, slots=True)
class MethodCalls:
    """Calls of a method today; `limit` None = the network sets none."""

    method: str
    calls: int
    limit: int | None


@dataclass(frozen=True, slots=True)
class TokenView:
    """A token without its value. fingerprint: "" for public pages. kind: in words, what the settings say of it."""

    fingerprint: str
    kind: str | Promise
    methods: list[MethodCalls]
    pauses: list[AccessPause]


@dataclass(frozen=True, slots=True)
class NetworkView:
    """proxy: host (and port) that requests go through, "" = directly. own_roots: trusts certificates of its own.

    pauses: of the network as a whole.
    """

    platform: str
    network: Network
    proxied: bool
    proxy: str
    own_roots: bool
    tokens: list[TokenView]
    pauses: list[AccessPause]


def networks(now: dt.datetime) -> list[NetworkView]:
    """All of them, collected or not."""
    rows = {row.platform: row for row in Network.objects.select_related("changed_by")}
    pauses: dict[str, list[AccessPause]] = defaultdict(list)
    for pause in AccessPause.objects.filter(Q(until=None) | Q(until__gt=now)).order_by("token", "method"):
        pauses[pause.platform].append(pause)
    calls: dict[str, dict[tuple[str, str], int]] = defaultdict(dict)
    counted = CallCount.objects.filter(day=local_day(now, NETWORK_ZONE)).order_by("method")
    for platform, token, method, count in counted.values_list("platform", "token", "method", "calls"):
        calls[platform][token, method] = count
    return [
        NetworkView(
            platform=code,
            network=rows.get(code) or Network(platform=code, state=NetworkState.ON),
            proxied=bool(settings.NETWORK_PROXIES.get(code)),
            proxy=host_of(settings.NETWORK_PROXIES.get(code, "")),
            own_roots=bool(settings.NETWORK_CA_FILES.get(code)),
            tokens=token_views(token_limits(code), calls[code], pauses[code]),
            pauses=[pause for pause in pauses[code] if not pause.token],
        )
        for code in PlatformCode.values
    ]


def host_of(address: str) -> str:
    """Host and port of a proxy's address, without user and password; "" where it cannot be told."""
    try:
        parts = urlsplit(address)
        return f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname or ""
    except ValueError:
        return ""


def token_views(
    tokens: Iterable[tuple[Token, Mapping[str, int]]],
    calls: Mapping[tuple[str, str], int],
    pauses: Iterable[AccessPause],
) -> list[TokenView]:
    """The tokens of the settings, and those that rest though they are there no more."""
    resting: dict[str, list[AccessPause]] = defaultdict(list)
    for pause in pauses:
        if pause.token:
            resting[pause.token].append(pause)
    found = []
    for token, limits in tokens:
        name = token.fingerprint or token.kind
        made = {method: count for (of, method), count in calls.items() if of == token.fingerprint}
        methods = [MethodCalls(m, made.get(m, 0), limits.get(m)) for m in [*limits, *(made.keys() - limits.keys())]]
        methods.sort(key=lambda made: made.method)
        kind = KINDS.get(token.kind, token.kind)
        found.append(TokenView(token.fingerprint, kind, methods, resting.pop(name, [])))
    gone = _("no longer in the settings")
    return found + [TokenView(name, gone, [], pauses) for name, pauses in resting.items()]


def operator_messages() -> list[OperatorMessage]:
    """The latest ones, newest first."""
    return list(OperatorMessage.objects.all()[:MESSAGES])
