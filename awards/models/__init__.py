"""Tables of the awards, one module a matter."""

from .contests import Candidate, Contest, ContestState, Criterion, JuryMark, Nomination, Origin, Reason, Stage
from .lists import Award, AwardList, AwardState, Degree, FrozenError
from .marks import QualityMark
from .papers import JobState, PaperJob, PaperKind, Wording, WordingKind

__all__ = [
    "Award",
    "AwardList",
    "AwardState",
    "Candidate",
    "Contest",
    "ContestState",
    "Criterion",
    "Degree",
    "FrozenError",
    "JobState",
    "JuryMark",
    "Nomination",
    "Origin",
    "PaperJob",
    "PaperKind",
    "QualityMark",
    "Reason",
    "Stage",
    "Wording",
    "WordingKind",
]
