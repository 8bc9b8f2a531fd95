"""The markup of t.me: the page of a channel, its feed, and the page that stands for everything unknown."""

import base64
import datetime as dt
import html
from typing import Any

from . import texts
from .chance import mix, share
from .counts import MISSING, as_text
from .pages import Page
from .posts import Post
from .wire import Answer, as_html

# A post and the pictures of its album, service messages beside it: numbers of one row.
NUMBERS_A_POST = 4
FIRST_NUMBER = 5
# Stands for the name in messages of a channel that was renamed: at any moment they all carry the name of that moment.
_NAME = "\0"
NOT_FOUND_IN_MAX = "Не нашли чат по этой ссылке"
SERVICE = "service_message"
EDITED = '<span class="tgme_widget_message_from_author">Администратор</span>,&nbsp;edited&nbsp;'
LOGO = "https://telegram.org/img/t_logo_2x.png"


def message_id(number: int) -> int:
    return FIRST_NUMBER + NUMBERS_A_POST * number


def canonical(page: Page, day: dt.date) -> str:
    """The name in the letter case that its owner chose; addresses know no case."""
    name = page.handle_on(day)
    return name.title() if page.looks.mixed_case else name


def spaced(people: Any) -> str:
    """10612280 -> 10 612 280; what is no number as it stands."""
    return f"{people:,}".replace(",", " ") if type(people) is int else as_text(people)


def short(number: Any) -> str:
    """12345 -> 12.3K: exact below a thousand, then three digits, the rest cut off; what is no number as it stands."""
    if type(number) is not int:
        return as_text(number)
    for unit, size in (("M", 1_000_000), ("K", 1000)):
        if number >= size:
            digits = 2 if number < 10 * size else 1 if number < 100 * size else 0
            text = f"{number * 10**digits // size / 10**digits:.{digits}f}"
            return (text.rstrip("0").rstrip(".") if digits else text) + unit
    return str(number)


def contact(name: str) -> Answer:
    """A name that nobody has: to Telegram a person who may be written to, to MAX a chat that was not found."""
    safe = html.escape(name)
    return as_html(
        f'<meta property="og:title" content="Telegram: Contact @{safe}"><meta property="og:image" content="{LOGO}">',
        f'<div class="tgme_page"><div class="tgme_page_icon"></div><div class="tgme_page_description">If you have '
        f'<strong>Telegram</strong>, you can contact <a class="tgme_username_link">@{safe}</a> right away.</div>'
        '<div class="tgme_page_action"><a class="tgme_action_button_new" href="#">Send Message</a></div></div>'
        f"<p>{NOT_FOUND_IN_MAX}</p>",
    )


def sign_in() -> Answer:
    return as_html("<title>Telegram</title>", '<form class="login_form">Log in to continue</form>')


def landing(page: Page, day: dt.date, people: Any) -> Answer:
    """t.me/<name>: the exact count, digits in groups of three. people: as `counts.shown` gives them."""
    looks, name, title = page.looks, canonical(page, day), html.escape(page.institution.name)
    photo = f"https://cdn4.telesco.pe/file/{mix(page.key, 50):x}.jpg" if looks.avatar else LOGO
    picture = f'<img class="tgme_page_photo_image" src="{photo}">' if looks.avatar else ""
    text = html.escape(texts.about(page.institution.name, page.institution.place.town)) if looks.description else ""
    description = f'<div class="tgme_page_description" dir="auto">{text}</div>' if text else ""
    extra = f'<div class="tgme_page_extra">{_counter(page, people)}</div>' if people is not MISSING else ""
    preview = '<div class="tgme_page_context_link_wrap"><a class="tgme_page_context_link" href="/s/{}">{}</a></div>'
    link = preview.format(name, "Preview channel") if looks.preview and not looks.group else ""
    return as_html(
        f'<meta property="og:title" content="{title}"><meta property="og:image" content="{photo}">'
        f'<meta property="og:description" content="{text}">',
        f'<div class="tgme_page_wrap"><div class="tgme_page">{picture}'
        f'<div class="tgme_page_title"><span dir="auto">{title}</span></div>{extra}{description}'
        f'<div class="tgme_page_action"><a class="tgme_action_button_new" href="tg://resolve?domain={name}">View in '
        f"Telegram</a></div>{link}</div></div>",
    )


def _counter(page: Page, people: Any) -> str:
    if page.looks.group:
        return f"{spaced(people)} members, {mix(page.key, 56) % 40 + 1} online"
    return "1 subscriber" if people == 1 and people is not True else f"{spaced(people)} subscribers"


def feed(page: Page, day: dt.date, people: Any, messages: list[bytes], older: int | None) -> Answer:
    """t.me/s/<name>. messages: oldest first. older: the id before which there are more, None = these are all."""
    name, title = canonical(page, day), html.escape(page.institution.name)
    more = prev = ""
    if older is not None:
        prev = f'<link rel="prev" href="/s/{name}?before={older}">'
        more = (
            '<div class="tgme_widget_message_centered js-messages_more_wrap"><a class="tme_messages_more '
            f'js-messages_more" href="/s/{name}?before={older}" data-before="{older}"></a></div>'
        )
    body = b"".join(messages)
    if page.renamed_on:
        body = body.replace(_NAME.encode(), name.encode())
    if not messages:
        body = b'<div class="tme_no_messages_found">No posts found</div>'
    return as_html(
        f'<title>{title} – Telegram</title><link rel="canonical" href="/s/{name}">{prev}',
        f'<div class="tgme_channel_info">{_header(page, name, title, people)}</div>'
        f'<section class="tgme_channel_history js-message_history">{more}{body.decode()}</section>',
    )


def _header(page: Page, name: str, title: str, people: Any) -> str:
    counters = [("photos", mix(page.key, 51) % 5000), ("videos", mix(page.key, 52) % 400)]
    counters += [("links", mix(page.key, 53) % 2000), *([("subscribers", people)] if people is not MISSING else [])]
    counters.sort(key=lambda counter: mix(page.key, len(counter[0]), 54))
    cells = "".join(
        f'<div class="tgme_channel_info_counter"><span class="counter_value">{short(count)}</span> '
        f'<span class="counter_type">{kind}</span></div>'
        for kind, count in counters
    )
    return (
        f'<div class="tgme_channel_info_header"><div class="tgme_channel_info_header_title"><span dir="auto">{title}'
        f'</span></div><div class="tgme_channel_info_header_username"><a href="https://t.me/{name}">@{name}</a></div>'
        f'</div><div class="tgme_channel_info_counters">{cells}</div>'
    )


def message(page: Page, post: Post) -> bytes:
    """One post; now and then a service message or a foreign block stands before it."""
    name = _NAME if page.renamed_on else canonical(page, page.born)
    found, number, luck = "", message_id(post.number), post.chance % 100
    when = dt.datetime.fromtimestamp(post.at, dt.UTC)
    if post.number == 0 or luck == 1:
        what = "Channel created" if post.number == 0 else "Channel photo updated"
        text = f'<div class="tgme_widget_message_text">{what}</div>'
        found += _block(f"{name}/{number - 1}", text, "", when, kind=SERVICE, channel=page.external_id)
    if luck in (2, 3):
        text = '<div class="tgme_widget_message_text">Сообщение другого канала</div>'
        found += _block("Another_channel/77", text, _views(post.likes + 40), when)
    body = _forwarded(post) + _media(name, number, luck) + _reply(luck) + _text(page, post) + _reactions(post)
    views = _views(post.views) + (EDITED if luck == 4 else "")
    found += _block(f"{name}/{number}", body, views, when, channel=page.external_id)
    return found.encode()


def _block(address: str, body: str, before: str, when: dt.datetime, *, kind: str = "", channel: str = "777") -> str:
    """address: name and number. before: what stands before the time. kind: a class of its own. channel: its number.

    data-view is JSON in Base64 without padding; its `c` is the channel's number with a minus.
    """
    view = f'{{"c":-{channel},"p":{address.partition("/")[2]},"t":{int(when.timestamp())},"h":"0123456789abcdef01"}}'
    packed = base64.b64encode(view.encode()).decode().rstrip("=")
    return (
        '<div class="tgme_widget_message_wrap js-widget_message_wrap"><div class="tgme_widget_message '
        f'text_not_supported_wrap js-widget_message {kind}" data-post="{address}" data-view="{packed}">'
        f'<div class="tgme_widget_message_bubble">{body}<div class="tgme_widget_message_footer compact '
        f'js-message_footer"><div class="tgme_widget_message_info short js-message_info">{before}'
        '<span class="tgme_widget_message_meta"><a class="tgme_widget_message_date" '
        f'href="https://t.me/{address}"><time datetime="{when.isoformat()}" class="time">{when:%H:%M}</time></a>'
        "</span></div></div></div></div></div>"
    )


def _views(count: int | None) -> str:
    if count is None:
        return ""
    return f'<span class="tgme_widget_message_views">{short(count)}</span><span class="copyonly"> views</span>'


def _text(page: Page, post: Post) -> str:
    return f'<div class="tgme_widget_message_text js-message_text" dir="auto">{texts.as_html(page, post)}</div>'


def _forwarded(post: Post) -> str:
    if not post.repost:
        return ""
    return (
        '<div class="tgme_widget_message_forwarded_from accent_color">Forwarded from <a '
        'class="tgme_widget_message_forwarded_from_name" href="https://t.me/another_channel/77"><span dir="auto">'
        "Другой канал</span></a></div>"
    )


def _media(name: str, number: int, luck: int) -> str:
    """An album (one block that takes several numbers), a video with a time of its own, a picture, or nothing."""
    picture = '<a class="tgme_widget_message_photo_wrap{}" href="https://t.me/{}/{}{}" style="width:400px"></a>'
    if luck < 10:
        links = (picture.format(" grouped_media_wrap", name, number + n, "?single") for n in range(3))
        return f'<div class="tgme_widget_message_grouped_wrap">{"".join(links)}</div>'
    if luck < 20:
        return (
            '<div class="tgme_widget_message_video_wrap"><time class="message_video_duration '
            'js-message_video_duration">0:34</time></div>'
        )
    if luck == 20:
        return '<div class="message_media_not_supported_wrap">This media is not supported</div>'
    return picture.format("", name, number, "") if luck < 80 else ""


def _reply(luck: int) -> str:
    if luck < 90:
        return ""
    return (
        '<a class="tgme_widget_message_reply"><div class="tgme_widget_message_text js-message_reply_text" dir="auto">'
        "Из прошлого сообщения</div></a>"
    )


def _reactions(post: Post) -> str:
    """All likes, split among three reactions, one of them an emoji of the channel's own; sometimes a paid one."""
    if not post.likes:
        return ""
    second, third = post.likes // 4, post.likes // 10
    parts = [
        f'<i class="emoji"><b>👍</b></i>{short(post.likes - second - third)}',
        f'<i class="emoji"><b>❤</b></i>{short(second)}' if second else "",
        f'<tg-emoji emoji-id="519{post.chance % 1000}"></tg-emoji>{short(third)}' if third else "",
    ]
    spans = "".join(f'<span class="tgme_reaction">{part}</span>' for part in parts if part)
    if share(post.chance, 55) < 0.05:
        spans += '<span class="tgme_reaction tgme_reaction_paid"><i class="icon icon-telegram-stars"></i>3</span>'
    return f'<div class="tgme_widget_message_reactions js-message_reactions">{spans}</div>'
