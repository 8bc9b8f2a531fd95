"""One place for scope: a view finds nothing but through the queryset method that asks who looks."""

import ast
import importlib
import inspect
from collections.abc import Iterator
from types import ModuleType

from django.urls import URLPattern, get_resolver

OURS = (
    "appeals",
    "awards",
    "compliance",
    "forum",
    "gospub",
    "letters",
    "monitoring",
    "open_data",
    "operations",
    "press",
    "public",
    "ratings",
    "reports",
    "tests",
)
# Functions of an API answer at an address behind a view of the framework's.
APIS = ("open_data.api",)
SCOPES = {"visible_to", "seen_whole_by", "given_by"}
# What is asked for without one of these, and why it shows nothing of anybody else's.
FREE = {
    "appeals.decision_views: Page": "names of the pages that an appealed score was made of",
    "appeals.views: Appeal": "whether the score at hand, found through its scope, is appealed against already",
    "awards.contests.views: Nomination": "only with its contest, which is asked for through its scope",
    "awards.desk.views: Institution": "those that the user has a right to, one by one",
    "awards.lists.views: Candidate": "of the list at hand, found through its scope",
    "awards.marks.public: QualityMark": "everybody's who has the code: valid or not, and of which page",
    "awards.papers.views: Wording": "of the region at hand, found through its scope",
    "compliance.plans: Step": "only in a region that is asked for through its scope",
    "compliance.views: Institution": "of the region at hand, found through its scope",
    "forum.views: Participant": "the ticket of whoever has its code: what, when and where, never who",
    "gospub.accounts.admin: Authenticator": "the operator's alone",
    "gospub.accounts.admin: UserSession": "the operator's alone",
    "gospub.accounts.views: User": "whether the one who was invited has an account",
    "gospub.accounts.views: UserSession": "the own ones, by their user",
    "monitoring.dashboards.goals: Goal": "of the region at hand, found through its scope",
    "monitoring.dashboards.growth: models[name]": "names of what lies in the region at hand, found through its scope",
    "monitoring.dashboards.networks: AccessPause": "the operator's alone",
}


def view_modules(patterns: list | None = None) -> Iterator[ModuleType]:
    """Modules of ours whose functions answer at an address."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if not isinstance(pattern, URLPattern):
            yield from view_modules(pattern.url_patterns)
        elif pattern.callback.__module__.partition(".")[0] in OURS:
            yield inspect.getmodule(inspect.unwrap(pattern.callback))


def unscoped() -> set[str]:
    """Models that a module of views asks for rows without a scope: by `objects`, or by the model itself."""
    found = set()
    for module in {*view_modules(), *map(importlib.import_module, APIS)}:
        tree = ast.parse(inspect.getsource(module))
        scoped = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr in SCOPES}
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr == "objects" and id(node) not in scoped:
                found.add(f"{module.__name__}: {ast.unparse(node.value)}")
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "get_object_or_404":
                asked = ast.unparse(node.args[0])
                if asked.isidentifier() and asked[0].isupper():
                    found.add(f"{module.__name__}: {asked}")
    return found


def test_views_ask_through_the_scope_of_the_user_alone():
    assert unscoped() == set(FREE)


def test_twin_a_view_that_asks_for_everything_is_noticed(settings):
    settings.ROOT_URLCONF = "tests.unguarded_urls"
    found = unscoped() - set(FREE)
    assert found == {f"tests.unguarded_urls: {model}" for model in ("Page", "Institution", "Region")}
