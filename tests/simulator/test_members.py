"""Subscribers of the made-up pages are people who subscribe to several of them."""

from itertools import combinations


def members(small, page, offset=0, count=1000) -> list[int]:
    return small.vk("groups.getMembers", group_id=page.external_id, offset=offset, count=count)["response"]["items"]


def test_nobody_subscribes_twice_and_pieces_make_the_whole(small):
    page = max((p for p in small.world.pages if p.platform == "vk" and small.people(p)), key=small.people)
    people = small.people(page)
    pieces = [members(small, page, offset) for offset in range(0, people, 1000)]
    found = [each for piece in pieces for each in piece]
    assert len(found) == len(set(found)) == people
    assert found == small.world.people.of(page, 0, people)


def test_pages_share_people_those_of_one_place_more(small):
    pages = [p for p in small.world.pages if p.platform == "vk" and (small.people(p) or 0) > 100][:30]
    sets = {page: set(small.world.people.of(page, 0, small.people(page))) for page in pages}
    near, far = [], []
    for one, other in combinations(pages, 2):
        shared = len(sets[one] & sets[other]) / min(len(sets[one]), len(sets[other]))
        (near if one.institution.place == other.institution.place else far).append(shared)
    assert 0 < sum(far) / len(far) < sum(near) / len(near)
