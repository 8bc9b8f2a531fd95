"""Whom a request is about, and who sends it."""

import re
from collections.abc import Iterator, Mapping

from .vk_execute import CompileError, inner_calls


def names_asked(network: str, method: str, path: str, values: Mapping[str, str]) -> Iterator[str]:
    """Short names and numbers of the pages that a request names, as its network writes them."""
    last = path.rstrip("/").rpartition("/")[2]
    if network == "vk" and method == "execute":
        try:
            for inner in inner_calls(values.get("code", "")):
                yield from names_asked("vk", inner.method, "", inner.values)
        except CompileError:
            return
    elif network == "vk":
        yield last
        yield from (values.get("group_ids") or values.get("group_id") or "").split(",")
        yield values.get("owner_id", "").removeprefix("-")
        yield values.get("domain") or values.get("screen_name") or ""
        yield from re.findall(r"-(\d+)_\d+", values.get("posts", ""))
    elif network == "ok":
        yield from values.get("uids", "").split(",")
        yield values.get("gid") or values.get("group_id") or values.get("discussionId", "")[:-5]
        yield values.get("url", "").partition("?")[0].rstrip("/").rpartition("/")[2]
    elif network == "telegram":
        yield values["chat_id"].removeprefix("@").removeprefix("-100") if "chat_id" in values else last
    elif network == "max":
        yield values.get("chat_id") or (path.split("/")[2] if path.startswith("/chats/") else last)


def sender(network: str, path: str, values: Mapping[str, str], headers: Mapping[str, str], address: str) -> str:
    """Whom the network's limits count: VK's token, OK's application, a Telegram bot, else the caller's address."""
    if network == "vk" and path.startswith("/method/"):
        bearer = headers.get("Authorization", "").removeprefix("Bearer ").strip()
        return values.get("access_token") or bearer
    if network == "ok":
        return values.get("application_key", "")
    if network == "telegram" and path.startswith("/bot"):
        return path.split("/")[1].removeprefix("bot")
    return address


def token(network: str, path: str, values: Mapping[str, str], headers: Mapping[str, str], address: str) -> str:
    """What `=token` of a fault is compared with."""
    if network == "ok":
        return values.get("access_token") or values.get("session_key") or ""
    if network == "max":
        return headers.get("Authorization", "")
    return sender(network, path, values, headers, address)
