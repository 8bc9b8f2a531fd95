"""Answers to begin from: whoever decides changes them to fit."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Answer:
    """accepts: what it is for."""

    label: str | Promise
    text: str | Promise
    accepts: bool = False


ANSWERS: dict[str, Answer] = {
    "confirmed": Answer(
        _("borne out"),
        _("The evidence bears the appeal out. The value was corrected, and the rating is computed anew with it."),
        accepts=True,
    ),
    "partly": Answer(
        _("borne out in part"),
        _("The evidence bears the appeal out in part. The value was corrected as far as it does."),
        accepts=True,
    ),
    "as_network": Answer(
        _("as the network answered"),
        _("The value follows from what the network answered on these days; the evidence does not show otherwise."),
    ),
    "no_evidence": Answer(
        _("no evidence"),
        _("Nothing was handed in that shows what the value should be."),
    ),
    "other_days": Answer(
        _("other days"),
        _("The evidence is about days that are not in the period of the rating."),
    ),
    "as_rules": Answer(
        _("as the methodology says"),
        _("The value was counted as the methodology says; what is asked for would be another rule."),
    ),
}
