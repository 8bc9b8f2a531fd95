"""What the audit trail's actions, and the things they were done to, are called."""

from django.utils.translation import gettext_lazy as _

ACTIONS = {
    "admin.add": _("added in the administration"),
    "admin.change": _("changed in the administration"),
    "admin.delete": _("deleted in the administration"),
    "consent.give": _("recorded a consent"),
    "consent.withdraw": _("recorded that a consent was withdrawn"),
    "evidence.decide": _("decided on a sign of gaming"),
    "evidence.explain": _("explained a sign of gaming"),
    "export.names": _("downloaded a file with names"),
    "grant.end": _("took a right away"),
    "grant.give": _("received a right"),
    "invitation.send": _("invited"),
    "invitation.withdraw": _("took an invitation back"),
    "methodology.save": _("saved a methodology"),
    "network.switch": _("switched a network"),
    "person.delete_contact": _("deleted the contacts of an admin"),
    "person.export": _("handed out all that is kept on an admin"),
    "person.remove_name": _("removed the name of an admin"),
    "rating.compute": _("computed a rating"),
    "rating.pass": _("let a rating pass"),
    "registry.import": _("imported the registry"),
    "second_factor.forget": _("made somebody set up a new second factor"),
    "session.end": _("ended a session"),
    "sign_in": _("signed in"),
    "suspect.decide": _("decided on a doubtful number"),
    "token.put_back": _("put a token back to work"),
}

SUBJECTS = {
    "evidence": _("sign of gaming"),
    "grant": _("right"),
    "institution": _("institution"),
    "invitation": _("invitation"),
    "methodology": _("methodology"),
    "municipality": _("municipality"),
    "network": _("network"),
    "obligation": _("obligation"),
    "page": _("page"),
    "person": _("page admin"),
    "rating": _("rating"),
    "region": _("region"),
    "score": _("score"),
    "sector": _("sector"),
    "session": _("session"),
    "stewardship": _("stewardship"),
    "suspect": _("doubtful number"),
    "token": _("token"),
    "user": _("user"),
}


def action_words(action: str) -> str:
    """In words; an action that is not listed is shown by its name."""
    return str(ACTIONS.get(action, action))


def subject_words(subject: str) -> str:
    """`suspect 5` with the thing in words; what names no thing (a region's code, a file) stays as it is."""
    thing, space, rest = subject.partition(" ")
    return f"{SUBJECTS[thing]} {rest}" if space and thing in SUBJECTS else subject
