"""The networks, for the operator alone: switches, ways out, tokens, messages."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from gospub import clock
from monitoring import switches
from monitoring.models import AccessPause, NetworkState, PlatformCode

from .queries import networks as queries
from .queries.collection import NETWORK_ZONE

SWITCHED = {
    NetworkState.ON: _("%(network)s is collected again."),
    NetworkState.PAUSED: _("%(network)s is paused."),
    NetworkState.OFF: _("%(network)s is switched off."),
}


def for_operator(request: HttpRequest) -> None:
    """To everybody else the screen does not exist."""
    if not request.user.rights.operator:
        raise Http404


@require_safe
def networks(request: HttpRequest) -> HttpResponse:
    """Every network with its switch, its tokens and what the operators were told."""
    for_operator(request)
    context = {
        "networks": queries.networks(clock.now()),
        "mails": queries.operator_messages(),
        "zone": NETWORK_ZONE,
    }
    return render(request, "networks.html", context)


@require_POST
def network_switch(request: HttpRequest, platform: str) -> HttpResponse:
    """Collect the network, pause it or switch it off: `state`."""
    for_operator(request)
    if platform not in PlatformCode.values:
        raise Http404
    if request.POST.get("state") not in NetworkState.values:
        return HttpResponseBadRequest(_("This state is not known."))
    state = NetworkState(request.POST["state"])
    if switches.switch(platform, state, request.user, clock.now()):
        messages.success(request, SWITCHED[state] % {"network": PlatformCode(platform).label})
    return redirect("networks")


@require_POST
def token_return(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a token, or a whole network, back to work at once."""
    for_operator(request)
    pause = AccessPause.objects.filter(pk=pk).first()
    if pause and switches.put_back(pause, request.user, clock.now()):
        messages.success(request, _("Back to work: the next request will show whether the network agrees."))
    else:
        messages.info(request, _("It is at work already."))
    return redirect("networks")
