"""All models of the monitoring app."""

from .access import AccessPause, CallCount, Heartbeat, Network, NetworkState, OperatorMessage
from .consents import Consent, ConsentScope, ConsentText
from .events import EventKind, PageEvent
from .evidence import EvidenceCard, EvidenceDecision, EvidenceKind
from .gaps import GapExcuse
from .goals import Goal, GoalMeasure
from .measures import (
    PageDay,
    PageProfile,
    Post,
    Provenance,
    Slot,
    SlotReason,
    SlotStatus,
    Suspect,
    SuspectKind,
    SuspectState,
)
from .records import PageRecord
from .registry import (
    Exemption,
    Institution,
    Level,
    Municipality,
    Obligation,
    Page,
    PageClass,
    PageStatus,
    Person,
    PersonContact,
    PlatformCode,
    Region,
    Sector,
    Stewardship,
)
from .rolled import Dimension, GroupDay, GroupMonth, PageMonth, PageState

__all__ = [
    "AccessPause",
    "CallCount",
    "Consent",
    "ConsentScope",
    "ConsentText",
    "Dimension",
    "EventKind",
    "EvidenceCard",
    "EvidenceDecision",
    "EvidenceKind",
    "Exemption",
    "GapExcuse",
    "Goal",
    "GoalMeasure",
    "GroupDay",
    "GroupMonth",
    "Heartbeat",
    "Institution",
    "Level",
    "Municipality",
    "Network",
    "NetworkState",
    "Obligation",
    "OperatorMessage",
    "Page",
    "PageClass",
    "PageDay",
    "PageEvent",
    "PageMonth",
    "PageProfile",
    "PageRecord",
    "PageState",
    "PageStatus",
    "Person",
    "PersonContact",
    "PlatformCode",
    "Post",
    "Provenance",
    "Region",
    "Sector",
    "Slot",
    "SlotReason",
    "SlotStatus",
    "Stewardship",
    "Suspect",
    "SuspectKind",
    "SuspectState",
]
