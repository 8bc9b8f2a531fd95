"""VK's walls: posts, comments, members."""

from .chance import mix
from .pages import Page
from .posts import Post, Rendered
from .state import Moment, Simulation
from .texts import AS_JSON

# Comments take numbers of the same row as posts.
NUMBERS_A_POST = 3
FIRST_NUMBER = 2
# A page that pins a post pins its oldest one, once there are so many.
PINNED_FROM = 12


def post_id(number: int) -> int:
    return FIRST_NUMBER + NUMBERS_A_POST * number


def _render(page: Page, post: Post) -> bytes:
    return _json(page, post, "")


def _json(page: Page, post: Post, pinned: str) -> bytes:
    texts = AS_JSON[page.institution.kind.topic]
    own = f"-{page.external_id}"
    copied = ""
    if post.repost:
        stranger = 1_000_000 + post.chance % 90_000_000
        copied = (
            f',"copy_history":[{{"id":{post.chance % 9000 + 1},"owner_id":-{stranger},"from_id":-{stranger},'
            f'"date":{post.at - 7200},"post_type":"post","text":{texts[0]}}}]'
        )
    views = "" if post.views is None or pinned else f',"views":{{"count":{post.views}}}'
    text = '""' if post.repost else texts[post.chance % len(texts)]
    photo = '{"type":"photo"}' if post.chance & 3 else ""
    return (
        f'{{"inner_type":"wall_wallpost","id":{post_id(post.number)},"owner_id":{own},"from_id":{own},'
        f'"date":{post.at},"post_type":"post","marked_as_ads":{int(post.advertisement)},{pinned}"text":{text},'
        f'"attachments":[{photo}],"comments":{{"can_post":1,"count":{post.comments}}},'
        f'"likes":{{"can_like":1,"count":{post.likes},"user_likes":0}},"reposts":{{"count":{post.reposts}}}'
        f"{views}{copied}}}"
    ).encode()


class Walls:
    """Answers about posts, as bytes of JSON."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self._rendered = Rendered(_render)

    def wall(self, page: Page, offset: int, count: int, moment: Moment) -> bytes:
        """wall.get: newest first; a pinned old post stands before all others and has no views."""
        total = self._simulation.count_posts(page, moment)
        pinned = page.looks.pinned and total >= PINNED_FROM
        last, first = total - offset, total - offset - count
        items = []
        if pinned:
            last, first = min(last + 1, total), max(first + 1, 1)
            if offset == 0 and count:
                oldest = self._simulation.post(page, 0, moment)
                items.append(_json(page, oldest, '"is_pinned":1,'))
        if last > 0:
            items += self._simulation.newest(self._rendered, page, max(first, 0), last, moment)
        return b'{"count":%d,"items":[%b]}' % (total, b",".join(items))

    def posts(self, keys: list[tuple[Page, int]], moment: Moment) -> bytes:
        """wall.getById: the posts with those ids, unknown ones skipped."""
        items = []
        for page, wanted in keys:
            number, rest = divmod(wanted - FIRST_NUMBER, NUMBERS_A_POST)
            if rest == 0 and 0 <= number < self._simulation.count_posts(page, moment):
                items += self._simulation.newest(self._rendered, page, number, number + 1, moment)
        return b'{"items":[%b]}' % b",".join(items)

    def comments(self, page: Page, wanted: int, offset: int, count: int, moment: Moment) -> bytes | None:
        """wall.getComments: every third comment is the page's own reply. None = no such post."""
        number, rest = divmod(wanted - FIRST_NUMBER, NUMBERS_A_POST)
        if rest or not 0 <= number < self._simulation.count_posts(page, moment):
            return None
        post = self._simulation.post(page, number, moment)
        texts = ('"Спасибо за новость!"', '"А когда начнётся?"', '"Добрый день! Ответили вам в сообщениях."')
        items = []
        for place in range(offset, min(post.comments, offset + count)):
            author = f"-{page.external_id}" if place % 3 == 2 else 1000 + mix(page.key, number, place) % 700_000_000
            at = min(post.at + 600 * (place + 1), moment.unix)
            items.append(
                f'{{"id":{wanted + place + 1},"from_id":{author},"owner_id":-{page.external_id},"post_id":{wanted},'
                f'"date":{at},"text":{texts[place % 3]},"thread":{{"count":0,"items":[]}}}}'
            )
        return f'{{"count":{post.comments},"current_level_count":{post.comments},"items":[{",".join(items)}]}}'.encode()


def members(page: Page, people: int, offset: int, count: int) -> bytes:
    """groups.getMembers: made-up ids of people."""
    ids = (str(1000 + mix(page.key, 30, place) % 700_000_000) for place in range(offset, min(people, offset + count)))
    return f'{{"count":{people},"items":[{",".join(ids)}]}}'.encode()
