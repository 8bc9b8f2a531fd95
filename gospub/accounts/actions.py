"""What the audit trail's actions, and the things they were done to, are called."""

from django.utils.translation import gettext_lazy as _

ACTIONS = {
    "admin.add": _("added in the administration"),
    "admin.change": _("changed in the administration"),
    "admin.delete": _("deleted in the administration"),
    "appeal.accept": _("accepted an appeal"),
    "appeal.file": _("filed an appeal"),
    "appeal.late": _("tried to file an appeal when none is taken"),
    "appeal.reject": _("rejected an appeal"),
    "appeal.withdraw": _("withdrew an appeal"),
    "award.confirm": _("confirmed an award"),
    "award.degree": _("changed the degree of an award"),
    "award.put_in": _("added an award"),
    "award.replace": _("gave an award to another candidate"),
    "award.take_away": _("took an award away"),
    "award_list.correct": _("began the next edition of an award list"),
    "award_list.discard": _("discarded a draft of an award list"),
    "award_list.propose": _("had an award list proposed"),
    "award_list.sign": _("signed an award list off"),
    "consent.give": _("recorded a consent"),
    "consent.withdraw": _("recorded that a consent was withdrawn"),
    "contest.advance": _("led a contest to the next stage"),
    "contest.apply": _("handed in an application for a contest"),
    "contest.back": _("led a contest back a stage"),
    "contest.marks": _("entered marks of the jury"),
    "contest.nominate": _("added a nomination"),
    "contest.open": _("opened a contest"),
    "contest.votes": _("entered votes"),
    "evidence.decide": _("decided on a sign of gaming"),
    "evidence.explain": _("explained a sign of gaming"),
    "export.names": _("downloaded a file with names"),
    "grant.end": _("took a right away"),
    "grant.give": _("received a right"),
    "invitation.send": _("invited"),
    "invitation.withdraw": _("took an invitation back"),
    "mark.issue": _("issued quality marks"),
    "mark.withdraw": _("withdrew a quality mark"),
    "methodology.save": _("saved a methodology"),
    "network.switch": _("switched a network"),
    "person.delete_contact": _("deleted the contacts of an admin"),
    "person.export": _("handed out all that is kept on an admin"),
    "person.remove_name": _("removed the name of an admin"),
    "rating.pass": _("let a rating pass"),
    "registry.import": _("imported the registry"),
    "second_factor.forget": _("made somebody set up a new second factor"),
    "session.end": _("ended a session"),
    "sign_in": _("signed in"),
    "suspect.decide": _("decided on a doubtful number"),
    "token.put_back": _("put a token back to work"),
    "wording.save": _("changed the wording of a document"),
}

SUBJECTS = {
    "appeal": _("appeal"),
    "award": _("award"),
    "award_list": _("award list"),
    "contest": _("contest"),
    "evidence": _("sign of gaming"),
    "grant": _("right"),
    "institution": _("institution"),
    "invitation": _("invitation"),
    "mark": _("quality mark"),
    "methodology": _("methodology"),
    "municipality": _("municipality"),
    "network": _("network"),
    "nomination": _("nomination"),
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
