"""VK's walls: posts and comments."""

from collections.abc import Sequence

from . import texts
from .counts import with_odd_views
from .pages import Page
from .posts import Post, Rendered
from .shapes import reshaped
from .state import Simulation
from .vk_comments import thread_of, top_level
from .wire import Call

# Comments take numbers of the same row as posts.
NUMBERS_A_POST = 3
FIRST_NUMBER = 2
# A page that pins a post pins its oldest one, once there are so many.
PINNED_FROM = 12


def post_id(number: int) -> int:
    return FIRST_NUMBER + NUMBERS_A_POST * number


def number_of(wanted: int) -> int | None:
    """The place in the page's history of the post with that id; None = no post has it."""
    number, rest = divmod(wanted - FIRST_NUMBER, NUMBERS_A_POST)
    return number if rest == 0 and number >= 0 else None


def _render(page: Page, post: Post) -> bytes:
    return _json(page, post, "")


def _json(page: Page, post: Post, pinned: str) -> bytes:
    own = f"-{page.external_id}"
    words = texts.as_json(page, post)
    copied = ""
    if post.repost:
        stranger = 1_000_000 + post.chance % 90_000_000
        copied = (
            f',"copy_history":[{{"id":{post.chance % 9000 + 1},"owner_id":-{stranger},"from_id":-{stranger},'
            f'"date":{post.at - 7200},"post_type":"post","text":{words}}}]'
        )
    views = "" if post.views is None or pinned else f',"views":{{"count":{post.views}}}'
    text = '""' if post.repost else words
    attached = ['{"type":"photo"}'] if post.chance & 3 else []
    attached += ['{"type":"video"}'] if post.chance % 5 == 0 else []
    attached += ['{"type":"link"}'] if post.chance % 7 == 0 else []
    return (
        f'{{"inner_type":"wall_wallpost","id":{post_id(post.number)},"owner_id":{own},"from_id":{own},'
        f'"date":{post.at},"post_type":"post","marked_as_ads":{int(post.advertisement)},{pinned}"text":{text},'
        f'"attachments":[{",".join(attached)}],"comments":{{"can_post":1,"count":{post.comments}}},'
        f'"likes":{{"can_like":1,"count":{post.likes},"user_likes":0}},"reposts":{{"count":{post.reposts}}}'
        f"{views}{copied}}}"
    ).encode()


class Walls:
    """Answers about posts, as bytes of JSON."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self._rendered = Rendered(_render)

    def wall(self, page: Page, offset: int, count: int, call: Call) -> bytes:
        """wall.get: newest first; a pinned old post stands before all others and has no views."""
        total = self._simulation.count_posts(page, call.moment)
        pinned = page.looks.pinned and total >= PINNED_FROM
        last, first = total - offset, total - offset - count
        items = []
        if pinned:
            last, first = min(last + 1, total), max(first + 1, 1)
            if offset == 0 and count:
                oldest = self._simulation.post(page, 0, call.moment)
                items.append(_json(page, oldest, '"is_pinned":1,'))
        if last > 0:
            items += self._simulation.newest(self._rendered, page, max(first, 0), last, call.moment)
        return b'{"count":%d,"items":[%b]}' % (total, b",".join(_spoilt(items, call.faults_of(page))))

    def posts(self, keys: list[tuple[Page, int]], call: Call) -> bytes:
        """wall.getById: the posts with those ids, unknown ones skipped."""
        items = []
        for page, wanted in keys:
            number = number_of(wanted)
            if number is not None and number < self._simulation.count_posts(page, call.moment):
                found = self._simulation.newest(self._rendered, page, number, number + 1, call.moment)
                items.append(with_odd_views(found[0], call.faults_of(page)))
        return b'{"items":[%b]}' % b",".join(reshaped(items, call.faults))

    def comments(self, page: Page, call: Call) -> bytes | None:
        """wall.getComments. None = no such post. Raises ValueError for a parameter that is no number."""
        wanted = call.whole("post_id", 0)
        number = number_of(wanted)
        if number is None or number >= self._simulation.count_posts(page, call.moment):
            return None
        found = self._simulation.comments(page, number, call.moment)
        render = thread_of if call.values.get("comment_id") else top_level
        return render(page, wanted, found, call)


def _spoilt(items: list[bytes], faults: frozenset[str]) -> Sequence[bytes]:
    """Posts of one wall as the faults leave them."""
    if not faults:
        return items
    return reshaped([with_odd_views(item, faults) for item in items], faults)
