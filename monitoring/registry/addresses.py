"""Page addresses in every form that people write -> network, short name, numeric id; and back.

A link to a post stands for the page it is on, with `of_post` set, so that a report can say so.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from django.utils.translation import gettext as _

from monitoring.models import PlatformCode


class AddressError(ValueError):
    """The text is not the address of a page. The message says what is wrong and what to do, in the present language."""


@dataclass(frozen=True, slots=True)
class Address:
    """One page of one network.

    handle: short name in lower case; `club1` (VK), `group5` (OK), `-7` (a MAX channel known by number only) where the
        address holds no short name. external_id: the network's own id where the address holds it, else "".
    of_post: the text led to a post of this page.
    """

    platform: str
    handle: str
    external_id: str = ""
    of_post: bool = field(default=False, compare=False)


HOSTS = {
    "vk.com": PlatformCode.VK,
    "vk.ru": PlatformCode.VK,
    "vkontakte.ru": PlatformCode.VK,
    "ok.ru": PlatformCode.OK,
    "odnoklassniki.ru": PlatformCode.OK,
    "t.me": PlatformCode.TELEGRAM,
    "telegram.me": PlatformCode.TELEGRAM,
    "telegram.dog": PlatformCode.TELEGRAM,
    "max.ru": PlatformCode.MAX,
    "web.max.ru": PlatformCode.MAX,
}
_SCHEME = re.compile(r"https?(?::/{0,2}|//)|//", re.IGNORECASE)
_OTHER_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_MENTION = re.compile(r"\[((?:club|public|event|id)[0-9]+)\|.*\]", re.IGNORECASE | re.DOTALL)
_NAME_IN_BRACKETS = re.compile(r"([@*][^\s()]+)\s*\(.*\)", re.DOTALL)
_VK_NUMBERED = re.compile(r"(?:club|public|event)([0-9]{1,20})")
_VK_POST = re.compile(r"(?:wall|photo|video|topic|album|clip|market|product|doc|poll|story)(-?)([0-9]{1,20})(?:_.*)?")
_NAMES = {
    PlatformCode.VK: re.compile(r"[a-z0-9_.]{1,64}"),
    PlatformCode.OK: re.compile(r"[a-z0-9_.-]{1,64}"),
    PlatformCode.TELEGRAM: re.compile(r"[a-z][a-z0-9_]{0,31}"),
    PlatformCode.MAX: re.compile(r"[a-z][a-z0-9_-]{0,63}"),
}
# First steps of a path that are services of the network, not pages.
_SERVICES = {
    PlatformCode.VK: "al_feed.php apps audio away.php docs feed friends groups im join login mail market music search "
    "services settings share.php video videos wall write",
    PlatformCode.OK: "app apps discussions events feed friends game games gifts guests help live login market marks "
    "messages music online search settings topic video",
    PlatformCode.TELEGRAM: "addemoji addlist addstickers addtheme bg boost c confirmphone contact giftcode invoice iv "
    "joinchat login m proxy s setlanguage share socks",
    PlatformCode.MAX: "c download help join login u",
}
_SERVICES = {platform: frozenset(names.split()) for platform, names in _SERVICES.items()}


def parse_address(text: str, platform: str | None = None) -> Address:
    """The page that `text` names; a name without a network (`@school5`) needs `platform`.

    Raises AddressError: nothing there, a person, an invitation, a foreign network or host, another network than
    `platform`, or a form that is not known.
    """
    text = _clean(text)
    mention = _MENTION.fullmatch(text)
    if mention:
        return _expected(_vk([mention[1].lower()], ""), platform)
    bracketed = _NAME_IN_BRACKETS.fullmatch(text)
    if bracketed:
        text = bracketed[1]
    if not text:
        raise AddressError(_("The address is empty."))
    if re.search(r"\s", text):
        raise AddressError(
            _(
                "There is a space in the address, or there are several of them. "
                "Leave one address; put other pages in rows of their own."
            )
        )
    scheme = _SCHEME.match(text)
    if scheme:
        return _expected(_from_link(text[scheme.end() :]), platform)
    if text[0] in "@*":
        return _named(_lower(text[1:]), platform)
    if "/" not in text and "." not in text and ":" not in text:
        return _named(_lower(text), platform)
    other = _OTHER_SCHEME.match(text)
    if other:
        raise AddressError(
            _(
                "“%(scheme)s” is not a web address. Copy the address of the page from the browser: it begins with https://."
            )
            % {"scheme": other[0][:30]}
        )
    return _expected(_from_link(text), platform)


def page_url(platform: str, handle: str, external_id: str = "") -> str:
    """The address at which a person opens the page; `parse_address` understands it."""
    match platform:
        case PlatformCode.VK:
            return f"https://vk.com/{handle or f'club{external_id}'}"
        case PlatformCode.OK:
            number = re.fullmatch(r"group([0-9]+)", handle or f"group{external_id}")
            return f"https://ok.ru/group/{number[1]}" if number else f"https://ok.ru/{handle}"
        case PlatformCode.TELEGRAM:
            return f"https://t.me/{handle}"
        case _:
            name = handle or external_id
            return f"https://web.max.ru/{name}" if name.startswith("-") else f"https://max.ru/{name}"


def _clean(text: str) -> str:
    """Without invisible characters, outer spaces and quotes, and spaces around slashes."""
    visible = "".join(c for c in text if unicodedata.category(c) not in ("Cf", "Cc") or c.isspace())
    return re.sub(r"\s*([/:])\s*", r"\1", visible.strip().strip("\"'«»<>").strip())


def _lower(text: str) -> str:
    """Lower case of Latin text; other letters stay, lest a look-alike such as U+212A turns into a Latin one."""
    return text.lower() if text.isascii() else text


def _expected(address: Address, platform: str | None) -> Address:
    if platform and address.platform != platform:
        raise AddressError(
            _(
                "This address is on %(there)s, and a page on %(here)s is expected here. "
                "Move it to the column of its network."
            )
            % {"there": PlatformCode(address.platform).label, "here": PlatformCode(platform).label}
        )
    return address


def _named(name: str, platform: str | None) -> Address:
    """`@school5`, `club1` or `school5` without any host."""
    if platform is None:
        if _VK_NUMBERED.fullmatch(name):
            return _vk([name], "")
        raise AddressError(
            _(
                "“%(name)s” does not say on which network the page is. Write the whole address, such as https://vk.com/%(name)s."
            )
            % {"name": name[:60]}
        )
    return _READERS[PlatformCode(platform)]([name], "")


def _from_link(link: str) -> Address:
    """An address from its host on, without the scheme."""
    authority, path = re.fullmatch(r"([^/?#]*)(.*)", link, re.DOTALL).groups()
    host = _lower(authority).rstrip(".")
    if not host.isascii():
        raise AddressError(
            _("The site name “%(host)s” holds letters that only look Latin. Type the address anew in Latin letters.")
            % {"host": host[:60]}
        )
    while host.startswith(("www.", "m.")):
        host = host.partition(".")[2]
    platform = HOSTS.get(host)
    if platform is None:
        raise AddressError(
            _("“%(host)s” is not VK, Odnoklassniki, Telegram or MAX. Only pages of these networks are watched.")
            % {"host": authority[:60]}
        )
    path, _mark, query = path.partition("#")[0].partition("?")
    steps = [_lower(step) for step in path.split("/") if step]
    return _READERS[platform](steps, query)


def _page(platform: PlatformCode, name: str, of_post: bool = False) -> Address:
    """A page by its short name; the `@` that people put in front is dropped."""
    name = name.removeprefix("@")
    if name in _SERVICES[platform] or not _NAMES[platform].fullmatch(name) or not re.search(r"[a-z0-9]", name):
        raise _not_a_page(platform, name)
    return Address(platform, name, of_post=of_post)


def _not_a_page(platform: PlatformCode, name: str) -> AddressError:
    if not name:
        return AddressError(
            _("This is the address of %(network)s itself. Add the name of the page.") % {"network": platform.label}
        )
    return AddressError(
        _("“%(name)s” is not the name of a page on %(network)s. Open the page and copy its address from the browser.")
        % {"name": name[:60], "network": platform.label}
    )


def _person() -> AddressError:
    return AddressError(
        _("This is a person's own profile, not an official page. Give the address of the community or channel.")
    )


def _invitation() -> AddressError:
    return AddressError(_("This is an invitation, not the address of a page. Give the public address of the channel."))


def _vk(steps: list[str], query: str) -> Address:
    """vk.com/school5, club1, public1, event1; wall-1_2 and photo-1_2 lead to community 1."""
    name = steps[0].removeprefix("@") if steps else ""
    numbered = _VK_NUMBERED.fullmatch(name)
    post = _VK_POST.fullmatch(name)
    if numbered:
        return _vk_community(numbered[1])
    if post and (post[1] or "_" in name):
        if not post[1]:
            raise _person()
        return _vk_community(post[2], of_post=True)
    if re.fullmatch(r"id[0-9]+", name):
        raise _person()
    if re.fullmatch(r"app[0-9]+(_.*)?", name) or len(steps) > 1:
        raise _not_a_page(PlatformCode.VK, "/".join(steps))
    return _page(PlatformCode.VK, name)


def _vk_community(number: str, of_post: bool = False) -> Address:
    number = number.lstrip("0")
    if not number:
        raise _not_a_page(PlatformCode.VK, "club0")
    return Address(PlatformCode.VK, f"club{number}", number, of_post)


def _ok(steps: list[str], query: str) -> Address:
    """ok.ru/school5, group/5, group5, dk?st.groupId=5; …/topic/7 is a post."""
    if steps == ["dk"]:
        number = parse_qs(query).get("st.groupId", [""])[0]
        steps = [f"group{number}"]
    if steps[:1] == ["group"] and len(steps) > 1:
        steps = [f"group{steps[1]}", *steps[2:]]
    if not steps:
        raise _not_a_page(PlatformCode.OK, "")
    if steps[0] == "profile":
        raise _person()
    of_post = len(steps) > 1 and steps[1] in ("topic", "statuses", "album", "video", "photos")
    number = re.fullmatch(r"group0*([1-9][0-9]{0,19})", steps[0])
    if number:
        return Address(PlatformCode.OK, f"group{number[1]}", number[1], of_post)
    if steps[0] == "group" or (len(steps) > 1 and not of_post):
        raise _not_a_page(PlatformCode.OK, "/".join(steps))
    return _page(PlatformCode.OK, steps[0], of_post)


def _telegram(steps: list[str], query: str) -> Address:
    """t.me/school5, t.me/s/school5; …/12 is a post."""
    if steps[:1] == ["s"]:
        steps = steps[1:]
    if not steps:
        raise _not_a_page(PlatformCode.TELEGRAM, "")
    if steps[0].startswith("+") or steps[0] in ("joinchat", "addlist"):
        raise _invitation()
    of_post = len(steps) > 1
    if of_post and not all(step.isdigit() for step in steps[1:]):
        raise _not_a_page(PlatformCode.TELEGRAM, "/".join(steps))
    return _page(PlatformCode.TELEGRAM, steps[0], of_post)


def _max(steps: list[str], query: str) -> Address:
    """max.ru/school5_gos, web.max.ru/-7000; max.ru/school5_gos/AbC is a post."""
    if not steps:
        raise _not_a_page(PlatformCode.MAX, "")
    if steps[0] == "join":
        raise _invitation()
    if steps[0] == "u":
        raise _person()
    if re.fullmatch(r"-[1-9][0-9]{0,19}", steps[0]):
        return Address(PlatformCode.MAX, steps[0], steps[0], len(steps) > 1)
    if len(steps) > 2:
        raise _not_a_page(PlatformCode.MAX, "/".join(steps))
    return _page(PlatformCode.MAX, steps[0], len(steps) > 1)


_READERS: dict[PlatformCode, Callable[[list[str], str], Address]] = {
    PlatformCode.VK: _vk,
    PlatformCode.OK: _ok,
    PlatformCode.TELEGRAM: _telegram,
    PlatformCode.MAX: _max,
}
