"""What accounts leave behind: sessions that have run out, and invitations long over."""

import datetime as dt
import importlib

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session

from .models import Invitation

INVITATION_KEPT = dt.timedelta(days=30)


def forget(now: dt.datetime) -> None:
    """Delete them at the moment `now` (aware); what was done with them is in the audit trail."""
    importlib.import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    Invitation.objects.filter(expires_at__lt=now - INVITATION_KEPT).delete()
