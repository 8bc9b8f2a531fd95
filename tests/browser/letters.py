"""Letters of the region the browser looks at: weekly ones, some that wait or were refused, the demo's mail box."""

import datetime as dt

from gospub.accounts.models import Role, User
from letters import capture, choices, writing
from letters.digests import due
from letters.models import Kind, Letter, LetterState
from letters.outbox import post
from monitoring.models import Institution
from tests.factories import UserFactory

NOW = dt.datetime(2024, 10, 26, 2, tzinfo=dt.UTC)


def keep_letters(institution: Institution, user: User) -> dict[str, str]:
    """Addresses of the screens by name; the user becomes analyst of the region and admin of the institution, too."""
    region = institution.region
    user.grants.create(role=Role.ANALYST, region=region)
    user.grants.create(role=Role.INSTITUTION_ADMIN, region=region, institution=institution)
    for number in range(3):
        reader = UserFactory(email=f"a-rather-long-address-{number}@department.example.org")
        post(f"appeal {number}", Kind.APPEAL_ANSWER, reader, subject="Ответ", text="Принято.", now=NOW)
    reason = "550 5.1.1 <a-rather-long-address-0@department.example.org>: Recipient address rejected: User unknown"
    Letter.objects.filter(key="appeal 0").update(state=LetterState.REFUSED, reason=reason, settled_at=NOW)
    Letter.objects.filter(key="appeal 1").update(reason="451 4.3.0 try again later", tries=3)
    week = due.last_week(NOW, region.time_zone)
    for kind in (Kind.ANALYST_DIGEST, Kind.ADMIN_DIGEST):
        letter = Letter(key=f"{kind}", kind=kind, user=User.objects.get(pk=user.pk), region=region, week=week)
        capture.CaptureBackend().send_messages([writing.message(letter, NOW)])
    name = next(capture.letters_to(user)).name
    return {
        "digest of the analyst": f"/regions/{region.code}/letters/analyst_digest/",
        "digest of the admin": f"/regions/{region.code}/letters/admin_digest/",
        "unsubscribe": f"/letters/off/{choices.token_of(user, Kind.ANALYST_DIGEST)}/",
        "mail": "/mail/",
        "letter of the mail box": f"/mail/{name}/",
    }
