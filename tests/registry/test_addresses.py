"""A page's address is understood in every form that people write; what is not a page says why."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.models import PlatformCode
from monitoring.registry.addresses import Address, AddressError, page_url, parse_address

VK, OK, TELEGRAM, MAX = PlatformCode.VK, PlatformCode.OK, PlatformCode.TELEGRAM, PlatformCode.MAX

SPELLINGS = {
    Address(VK, "school5"): [
        "vk.com/school5",
        "https://vk.com/school5",
        "HTTP://VK.COM/School5/",
        "https://m.vk.ru/school5?from=search",
        "www.vk.com/school5#anchor",
        "vkontakte.ru/school5",
        "//vk.com/school5",
        "https//vk.com/school5",
        "https:vk.com/school5",
        "  vk.com / school5  ",
        "\u200bvk.com/\u200bschool5\ufeff",
        "«https://vk.com/school5»",
        "<https://vk.com/school5>",
        "vk.com/@school5",
        "vk.com/school5?w=wall-7_8",
        "vk.com./school5",
    ],
    Address(VK, "club1", "1"): [
        "vk.com/club1",
        "https://m.vk.ru/club1?from=search",
        "https://vk.com/public1",
        "https://vk.com/event1",
        "https://vk.com/CLUB001",
        "club1",
        "public1",
        "Event1",
        "@club1",
        "@club1 (Школа № 5)",
        "*public1 (Школа)",
        "[club1|Школа № 5]",
        "[public1|Школа]",
        "vk.com/wall-1_2",
        "https://vk.com/wall-1",
        "https://vk.com/photo-1_456239017",
    ],
    Address(OK, "group55348644610059", "55348644610059"): [
        "https://ok.ru/group/55348644610059",
        "ok.ru/group55348644610059",
        "m.ok.ru/group/55348644610059/",
        "https://m.ok.ru/dk?st.cmd=altGroupMain&st.groupId=55348644610059&_prevCmd=x",
        "www.odnoklassniki.ru/group/55348644610059",
        "https://ok.ru/group/55348644610059/topic/7",
    ],
    Address(OK, "school-5"): ["ok.ru/School-5", "https://www.ok.ru/school-5/", "https://ok.ru/school-5/topic/7"],
    Address(TELEGRAM, "school_5"): [
        "t.me/school_5",
        "https://t.me/s/School_5",
        "telegram.me/school_5",
        "https://telegram.dog/school_5",
        "t.me/@school_5",
        "https://t.me/school_5/12",
        "https://t.me/s/school_5/12?single",
        "http://t.me/school_5?boost",
    ],
    Address(MAX, "id2700000000_gos"): [
        "https://max.ru/id2700000000_gos",
        "max.ru/ID2700000000_gos/",
        "max.ru/@id2700000000_gos",
        "https://max.ru/id2700000000_gos/AaEmeH1we0w",
    ],
    Address(MAX, "-75602062003657", "-75602062003657"): ["https://web.max.ru/-75602062003657"],
}


@pytest.mark.parametrize(("expected", "text"), [(a, text) for a, texts in SPELLINGS.items() for text in texts])
def test_spelling_is_understood(expected: Address, text: str):
    assert parse_address(text) == expected


@pytest.mark.parametrize(
    ("text", "platform", "expected"),
    [
        ("@school5", VK, Address(VK, "school5")),
        ("school5", VK, Address(VK, "school5")),
        ("club1", VK, Address(VK, "club1", "1")),
        ("@school.5", VK, Address(VK, "school.5")),
        ("@School_5", TELEGRAM, Address(TELEGRAM, "school_5")),
        ("club1", TELEGRAM, Address(TELEGRAM, "club1")),
        ("group5", OK, Address(OK, "group5", "5")),
        ("@school_gos", MAX, Address(MAX, "school_gos")),
        ("https://vk.com/school5", VK, Address(VK, "school5")),
    ],
)
def test_name_without_a_host_belongs_to_the_network_asked_for(text: str, platform: str, expected: Address):
    assert parse_address(text, platform) == expected


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("\u200b", "empty"),
        ("vk.com", "Add the name of the page"),
        ("https://ok.ru/", "Add the name of the page"),
        ("@school5", "does not say on which network"),
        ("school5", "does not say on which network"),
        ("vk.com/school5 vk.com/school6", "several"),
        ("https://vk.com/school5\nhttps://ok.ru/school5", "several"),
        ("https://vk.com/id1", "person"),
        ("[id1|Иванов]", "person"),
        ("https://vk.com/wall1_2", "person"),
        ("ok.ru/profile/1", "person"),
        ("max.ru/u/f9LHodD0cOL", "person"),
        ("t.me/+AbCdEf", "invitation"),
        ("t.me/joinchat/AbCdEf", "invitation"),
        ("max.ru/join/AbCdEf", "invitation"),
        ("https://instagram.com/school5", "not VK"),
        ("school5.ru", "not VK"),
        ("https://vk.cc/abc", "not VK"),
        ("vk.com.evil.ru/school5", "not VK"),
        ("https://vk.com@evil.ru/school5", "not VK"),
        ("https://evil.ru/vk.com/school5", "not VK"),
        ("https://evilvk.com/school5", "not VK"),
        ("https://vk.com:8080/school5", "not VK"),
        ("vk.com\\@evil.ru/school5", "not VK"),
        ("http://127.0.0.1/school5", "not VK"),
        ("http://169.254.169.254/latest", "not VK"),
        ("http://[::1]/school5", "not VK"),
        ("http://2130706433/school5", "not VK"),
        ("javascript:alert(1)", "web address"),
        ("data:text/html,x", "web address"),
        ("file:///etc/passwd", "web address"),
        ("vk.com:443/school5", "web address"),
        ("https://vк.com/school5", "only look Latin"),
        ("https://v\u212a.com/school5", "only look Latin"),
        ("https://vk.com/школа5", "not the name of a page"),
        ("https://vk.com/s\u212achool", "not the name of a page"),
        ("https://vk.com/feed", "not the name of a page"),
        ("https://vk.com/app123", "not the name of a page"),
        ("https://vk.com/club0", "not the name of a page"),
        ("https://vk.com/school5/x", "not the name of a page"),
        ("https://vk.com/...", "not the name of a page"),
        ("https://ok.ru/group/", "not the name of a page"),
        ("https://ok.ru/game/1", "not the name of a page"),
        ("https://t.me/c/1234/5", "not the name of a page"),
        ("https://t.me/s/", "Add the name"),
        ("https://max.ru/a/b/c", "not the name of a page"),
    ],
)
def test_what_is_not_a_page_says_why(text: str, says: str):
    with pytest.raises(AddressError, match=says):
        parse_address(text)


def test_address_of_another_network_is_refused_by_name():
    with pytest.raises(AddressError, match="This address is on Odnoklassniki, and a page on VK is expected"):
        parse_address("https://ok.ru/school5", VK)


@pytest.mark.parametrize("text", ["vk.com/wall-1_2", "ok.ru/school5/topic/7", "t.me/school5/12", "max.ru/school5/AaE"])
def test_link_to_a_post_is_understood_as_its_page_and_says_so(text: str):
    assert parse_address(text).of_post


def test_link_to_a_page_is_not_of_a_post():
    assert not parse_address("vk.com/school5").of_post


names = st.from_regex(r"[a-z][a-z0-9_]{0,30}", fullmatch=True)
spelled = st.builds(
    lambda template, name, number: template.format(name=name, number=number),
    st.sampled_from(
        [
            "vk.com/{name}",
            "vk.com/public{number}",
            "ok.ru/{name}",
            "ok.ru/group/{number}",
            "t.me/s/{name}",
            "max.ru/{name}",
            "web.max.ru/-{number}",
        ]
    ),
    names,
    st.integers(min_value=1, max_value=10**18),
)


@given(spelled)
def test_address_written_out_and_read_again_is_the_same(text: str):
    try:
        address = parse_address(text)
    except AddressError:
        return  # the name happened to be a service of the network
    assert parse_address(page_url(address.platform, address.handle, address.external_id)) == address


@given(st.text(max_size=200), st.sampled_from([None, *PlatformCode.values]))
def test_any_text_gives_an_address_or_says_why_not(text: str, platform: str | None):
    try:
        address = parse_address(text, platform)
    except AddressError as error:
        assert str(error)
    else:
        assert address.handle == address.handle.lower()
        assert len(address.handle) <= 100
