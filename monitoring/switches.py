"""What the operator does to the collection: a network paused, off or on, a token put back to work; audited."""

import datetime as dt

from django.db import transaction

from gospub.accounts.audit import record
from gospub.accounts.models import User
from monitoring.models import AccessPause, Network, NetworkState


def switch(platform: str, state: NetworkState, user: User, now: dt.datetime) -> bool:
    """Bring the network into that state; False where it is in it already."""
    with transaction.atomic():
        row, _made = Network.objects.get_or_create(platform=platform, defaults={"since": now})
        row = Network.objects.select_for_update().get(pk=row.pk)
        before = row.state
        if before == state:
            return False
        if NetworkState.ON in (before, state):  # a network that was paused before it went off has waited since then
            row.since = now
        row.state, row.changed_by = state, user
        row.save()
        record(user, "network.switch", f"network {platform}", before={"state": before}, after={"state": state}, now=now)
        return True


def put_back(pause: AccessPause, user: User, now: dt.datetime) -> bool:
    """End the rest of a token, or of a whole network; False where it is over already."""
    before = {
        "reason": pause.reason,
        "method": pause.method,
        "since": pause.since.isoformat(),
        "until": pause.until.isoformat() if pause.until else None,
    }
    subject = f"token {pause.platform} {pause.token}" if pause.token else f"network {pause.platform}"
    with transaction.atomic():
        deleted, _by_model = AccessPause.objects.filter(pk=pause.pk).delete()
        if not deleted:
            return False
        record(user, "token.put_back", subject, before=before, after={}, now=now)
        return True
