"""What the audit trail's actions are called."""

from django.utils.translation import gettext_lazy as _

ACTIONS = {
    "admin.add": _("added in the administration"),
    "admin.change": _("changed in the administration"),
    "admin.delete": _("deleted in the administration"),
    "evidence.decide": _("decided on a sign of gaming"),
    "evidence.explain": _("explained a sign of gaming"),
    "export.names": _("downloaded a file with names"),
    "grant.end": _("took a right away"),
    "grant.give": _("received a right"),
    "invitation.send": _("invited"),
    "invitation.withdraw": _("took an invitation back"),
    "methodology.save": _("saved a methodology"),
    "network.switch": _("switched a network"),
    "rating.pass": _("let a rating pass"),
    "registry.import": _("imported the registry"),
    "second_factor.forget": _("made somebody set up a new second factor"),
    "session.end": _("ended a session"),
    "sign_in": _("signed in"),
    "suspect.decide": _("decided on a doubtful number"),
    "token.put_back": _("put a token back to work"),
}


def action_words(action: str) -> str:
    """In words; an action that is not listed is shown by its name."""
    return str(ACTIONS.get(action, action))
