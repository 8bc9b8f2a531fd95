"""What the operators are told: written once by its key; `letters.operators` puts it into the outbox of all letters."""

import datetime as dt

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from gospub.accounts import audit
from monitoring.models import OperatorMessage, PlatformCode
from monitoring.platforms.base import PlatformError, Token


def tell(key: str, subject: str, text: str, now: dt.datetime) -> None:
    """Write a message unless one with that key is there already."""
    OperatorMessage.objects.get_or_create(key=key, defaults={"subject": subject, "text": text, "created_at": now})


def tell_of_token(platform: str, token: Token, error: PlatformError, now: dt.datetime) -> None:
    """One message a token and kind of failure; a token that was put back to work and fails again is a new one."""
    with translation.override(settings.LANGUAGE_CODE):
        label = PlatformCode(platform).label
        subject = _("%(network)s: a token needs you") % {"network": label}
        text = _(
            "%(network)s refuses the token %(token)s (%(kind)s): %(detail)s.\n"
            "It is used no more; the other tokens carry on. Replace it in the settings, or put it back to work "
            "on the screen «Networks»."
        ) % {"network": label, "token": token.fingerprint, "kind": token.kind, "detail": error.detail}
    tell(f"{platform}:{token.fingerprint}:{error.failure}:{now:%Y-%m-%d}", subject, text, now)


def tell_of_rest(platform: str, token: Token, error: PlatformError, now: dt.datetime) -> None:
    """One message a day, network and method, whichever token was the first to be refused for long."""
    with translation.override(settings.LANGUAGE_CODE):
        label = PlatformCode(platform).label
        subject = _("%(network)s: no more calls for now") % {"network": label}
        text = _(
            "%(network)s takes no more calls until %(until)s UTC (%(who)s): %(detail)s.\n"
            "What rests comes back by itself, the other tokens carry on. If this comes day after day, put further "
            "tokens into the settings."
        ) % {
            "network": label,
            "until": f"{error.until:%d.%m.%Y, %H:%M}",
            "who": _("token %s") % token.fingerprint if token.fingerprint else _("public pages"),
            "detail": error.detail,
        }
    tell(f"{platform}:{error.method}:{error.failure}:{now:%Y-%m-%d}", subject, text, now)


def tell_of_audit(now: dt.datetime) -> None:
    """Once an ISO week the end of the audit trail goes out of the house: whoever cut entries off it cannot cut them off
    the operators' letters as well."""
    year, week, _day = now.isocalendar()
    with translation.override(settings.LANGUAGE_CODE):
        text = _(
            "Keep this letter. It proves that nothing was cut off the audit trail:\nmanage.py verify_audit --anchor %s"
        )
        tell(f"audit:{year}-W{week:02}", _("Audit trail, week %s") % f"{year}-W{week:02}", text % audit.anchor(), now)
