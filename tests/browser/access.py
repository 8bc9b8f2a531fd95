"""Accounts, rights and the audit trail of the region the browser looks at."""

import datetime as dt

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core import mail

from gospub.accounts import audit, invitations
from gospub.accounts.models import Grant, Role, User
from monitoring.models import Institution
from tests.factories import analyst, curator, institution_admin, official

HOST = "https://gospub.example/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


def keep_access(institution: Institution, user: User) -> tuple[dict[str, str], str]:
    """Rights of every kind, an invitation that waits, an entry of the trail; addresses of the screens by name, and
    that of the invitation, which a stranger opens."""
    region, now = institution.region, dt.datetime.now(dt.UTC)
    for each in (analyst(region), official(region), curator(region, "Минкульт"), institution_admin(institution)):
        each.full_name = "Вымышленная Анна Сергеевна"
        each.save()
    waiting = Grant(role=Role.INSTITUTION_ADMIN, region=region, institution=institution, until=dt.date(2030, 1, 1))
    invitations.invite("a-rather-long-address@department.example.org", waiting, user, HOST + "TOKEN", now)
    token = mail.outbox[-1].body.partition(HOST)[2].split()[0]
    for action in ("suspect.decide", "person.export"):
        audit.record(
            user, action, "suspect 5", before={"state": "open"}, after={"state": "rejected"}, now=now, region=region.pk
        )
    screens = {
        "account": "/account/",
        "second factor": "/account/2fa/totp/activate/",
        "passkeys": "/account/2fa/webauthn/add/",
        "change of password": "/account/password/change/",
        "access": "/access/",
        "invite": f"/access/invite/?ogrn={institution.ogrn}&region={region.pk}&role=institution_admin",
        "audit": "/audit/",
    }
    return screens, f"/invitations/{token}/"


def session_of(user: User) -> str:
    """The key of a new session in which the user is signed in, by a password given just now."""
    now = dt.datetime.now(dt.UTC)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": now.timestamp(), "email": user.email}]
    session.save()
    UserSession.objects.create(user=user, ip="192.0.2.1", session_key=session.session_key, user_agent=FIREFOX)
    return session.session_key
