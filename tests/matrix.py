"""Holds the code against tests/permissions.py: every address × role × object × method × (plain, htmx)."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from itertools import product
from typing import Any

from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from tests.permission_world import EVERYWHERE, ROLES, STRANGERS, Of, Role, World
from tests.permissions import ADMIN_PREFIX, METHODS, SAFE, TABLE, Rule

ADMIN_LOGIN = f"/{ADMIN_PREFIX}login/"
# Reading may leave these traces: who downloaded names, a session that has run out, when somebody was here.
TRACES = ("accounts_auditentry", "usersessions_usersession", "django_session")
WRITE = re.compile(r'\s*(INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)')


@dataclass(frozen=True, slots=True)
class Check:
    """One request of the matrix."""

    name: str
    role: Role
    of: Of
    method: str
    htmx: bool

    def __str__(self) -> str:
        return f"{self.name}: {self.method}{' (htmx)' if self.htmx else ''} of {self.of} as {self.role}"


def checks(name: str) -> Iterator[Check]:
    """All requests of one address."""
    for role, of, method, htmx in product(ROLES, objects(TABLE[name]), METHODS, (False, True)):
        yield Check(name, role, of, method, htmx)


def objects(rule: Rule) -> tuple[Of, ...]:
    """Addresses that name no object have one kind only."""
    return tuple(Of) if rule.missing is not None else (Of.OWN,)


def expected(check: Check) -> int:
    """What the table says."""
    rule, role, method = TABLE[check.name], check.role, check.method
    if method not in SAFE and method not in rule.takes:
        status = 302 if role in STRANGERS and not rule.public else 405
    elif check.of == Of.MISSING or (check.of == Of.FOREIGN and hidden(rule, role)):
        status = 302 if role in STRANGERS and not rule.public else 404
        if method == "OPTIONS" and status == 404:
            status = 405
        if method in ("GET", "HEAD") and status == 404:
            status = 405 if rule.get[role] == 405 else 404
    elif method == "OPTIONS":
        status = (302 if role in STRANGERS and not rule.public else 405) if rule.options is None else rule.options[role]
    else:
        status = (rule.get if method in ("GET", "HEAD") else rule.takes[method])[role]
    if check.htmx and status == 302 and (role in STRANGERS or (rule.signs_out and method == "POST")):
        return 401
    return 200 if check.htmx and status == 422 and rule.preview else status


def hidden(rule: Rule, role: Role) -> bool:
    """Whether what is of the foreign region answers as if it did not exist."""
    return rule.published or (role not in EVERYWHERE and not rule.everyones)


def wrong_answers(world: World, name: str) -> list[str]:
    """What an address answers other than the table says; empty = all is well."""
    clients = {role: signed_in(world, role) for role in ROLES}
    wrong, missing = [], {}
    for check in checks(name):
        status, text = ask(clients[check.role], world, check)
        if status != (right := expected(check)):
            wrong.append(f"{check} answers {status}, not {right}")
        key = (check.role, check.method, check.htmx)
        if check.of == Of.MISSING:
            missing[key] = (status, text)
        elif key in missing and status == 404 and missing[key] != (status, text):
            wrong.append(f"{check}: what is foreign differs from what is missing")
    return wrong


def ask(client: Client, world: World, check: Check) -> tuple[int, str]:
    """Status, and of a 404 its words. Whatever the request changed is taken back; a reading must change nothing."""
    args = TABLE[check.name].address(world, check.of)
    headers = {"HX-Request": "true"} if check.htmx else {}
    reading, cookies = check.method in SAFE, client.cookies.copy()
    with transaction.atomic():
        with no_writes() if reading else nullcontext():
            response = client.generic(check.method, reverse(check.name, args=args), headers=headers)
            text = body(response) if response.status_code == 404 else ""
        transaction.set_rollback(True)
    client.cookies = cookies
    return response.status_code, text


@contextmanager
def no_writes() -> Iterator[None]:
    def refuse(execute: Any, sql: str, params: Any, many: bool, context: Mapping[str, Any]) -> Any:
        found = WRITE.match(sql)
        if found and found[2] not in TRACES:
            raise AssertionError(f"A reading writes: {sql[:200]}")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse):
        yield


def body(response: HttpResponse) -> str:
    """What is said, without what differs at every request: its own address and the token of a form."""
    if response.streaming:
        return ""
    text = response.content.decode("utf-8", "replace").replace(response.wsgi_request.path, "")
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text)


def signed_in(world: World, role: Role) -> Client:
    client = Client()
    if world.users[role]:
        client.force_login(world.users[role])
    return client


# --- the addresses of the installation --------------------------------------------------------------------------------


def addresses(patterns: list | None = None, prefix: str = "") -> Iterator[tuple[str, str]]:
    """(path, name) of every address of the resolver, without those under ADMIN_PREFIX; "" where it has no name."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield path, pattern.name or ""
        elif path != ADMIN_PREFIX:
            yield from addresses(pattern.url_patterns, path)


def admin_addresses() -> list[str]:
    """Every address of Django's admin, of an object with the key 1 where it names one."""
    site = next(each for each in get_resolver().url_patterns if str(each.pattern) == ADMIN_PREFIX)
    paths = [path for path, _name in addresses(site.url_patterns, f"/{ADMIN_PREFIX}")]
    known = [re.sub(r"<[^>]+>", "1", path) for path in paths if "(?P" not in path]
    return [*known, f"/{ADMIN_PREFIX}accounts/", f"/{ADMIN_PREFIX}nowhere/"]  # the two that are regular expressions


def wrong_answers_of_the_admin(world: World, role: Role) -> list[str]:
    """What Django's admin answers somebody other than that it is not for them."""
    wrong, client = [], signed_in(world, role)
    asked = [("GET", False), ("POST", False)] + [("GET", True)] * (role in STRANGERS)
    for address, (method, htmx) in product(admin_addresses(), asked):
        answer = client.generic(method, address, headers={"HX-Request": "true"} if htmx else {})
        right = 401 if htmx and role in STRANGERS else 403 if address == ADMIN_LOGIN and role not in STRANGERS else 302
        if answer.status_code != right:
            wrong.append(f"{method}{' (htmx)' if htmx else ''} {address} as {role} answers {answer.status_code}")
    return wrong


def outside_the_table() -> list[str]:
    """Addresses that nobody has said who may open, and rows of the table that no address has."""
    found = list(addresses())
    names = {name for _, name in found}
    return [path for path, name in found if name not in TABLE] + [name for name in TABLE if name not in names]
