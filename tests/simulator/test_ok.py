"""Odnoklassniki as the simulator plays it."""

import pytest

from monitoring.simulator.ok import KEY, signature

FIELDS = "uid,name,shortname,description,members_count,access_type,photo_id,main_photo,cover,blocked,gos_org"
TOPIC_FIELDS = "media_topic.*"


def groups(small, *quirks: str, fields: str = FIELDS) -> list[dict]:
    return small.ok("group.getInfo", uids=",".join(small.page("ok", q).external_id for q in quirks), fields=fields)


def topics(small, quirk: str, **values: str) -> dict:
    return small.ok("mediatopic.getTopics", gid=small.page("ok", quirk).external_id, fields=TOPIC_FIELDS, **values)


class TestCalling:
    def test_both_addresses_of_a_method_are_one(self, small):
        page = small.page("ok")
        values = {"uids": page.external_id, "fields": "uid,members_count"}
        there = small.ok("group.getInfo", path="/api/group/getInfo", **values)
        assert (
            there
            == small.ok("group.getInfo", **values)
            == [{"uid": page.external_id, "members_count": small.people(page)}]
        )

    def test_without_a_session_the_secret_itself_signs(self, small):
        values = {"application_key": KEY, "method": "group.getInfo", "uids": small.page("ok").external_id}
        url = f"{small.running.url}/fb.do"
        assert isinstance(small.client.get(url, params={**values, "sig": signature(values)}).json(), list)

    def test_a_wrong_signature_is_error_104_with_a_header(self, small):
        values = {"application_key": KEY, "method": "group.getInfo", "uids": "1", "sig": "0" * 32}
        answer = small.client.get(f"{small.running.url}/fb.do", params=values)
        assert (answer.status_code, answer.json()["error_code"], answer.headers["Invocation-Error"]) == (
            200,
            104,
            "104",
        )

    @pytest.mark.parametrize(
        ("changed", "code"),
        [({"application_key": "x"}, 101), ({"access_token": "x"}, 103), ({"uids": ""}, 100), ({"uids": "a"}, 160)],
    )
    def test_what_else_is_wrong_has_its_code(self, small, changed, code):
        assert small.ok("group.getInfo", **{"uids": "1", **changed})["error_code"] == code

    def test_an_unknown_method_is_error_3_and_statistics_are_not_ours(self, small):
        assert small.ok("friends.get")["error_code"] == 3
        assert small.ok("group.getStatTrends")["error_code"] == 10


class TestGroups:
    def test_a_group_has_what_was_asked_for(self, small):
        [group] = groups(small, "")
        assert group["members_count"] == small.people(small.page("ok"))
        assert (group["access_type"], group["blocked"]) == ("OPEN", False)
        assert isinstance(group["uid"], str)
        [few] = groups(small, "", fields="name")
        assert set(few) == {"uid", "name"}

    def test_a_closed_group_hides_its_members(self, small):
        [group] = groups(small, "closed")
        assert group["access_type"] == "CLOSED"
        assert "members_count" not in group

    def test_a_blocked_group_says_so_and_a_deleted_one_is_missing(self, small):
        [group] = groups(small, "blocked", "deleted")
        assert (group["uid"], group["blocked"]) == (small.page("ok", "blocked").external_id, True)

    def test_a_bare_group_has_neither_pictures_nor_description(self, small):
        [group] = groups(small, "bare")
        assert not {"photo_id", "main_photo", "cover"} & set(group)
        assert group["description"] == ""

    def test_short_names_are_resolved(self, small):
        page = small.page("ok")
        found = small.ok("url.getInfo", url=f"https://ok.ru/{page.handle}")
        assert found == {"objectId": int(page.external_id), "objectIdStr": page.external_id, "type": "GROUP"}
        assert small.ok("url.getInfo", url="https://ok.ru/nobody")["type"] == "UNKNOWN"

    def test_counters_tell_the_number_of_topics(self, small):
        page = small.page("ok")
        counters = small.ok("group.getCounters", group_id=page.external_id, counterTypes="themes,members")["counters"]
        assert counters["members"] == small.people(page)
        assert counters["themes"] == small.world.wall.count(page, 1_729_936_800)


class TestTopics:
    def test_pieces_go_on_behind_their_anchor_until_there_are_no_more(self, small):
        ids, anchor, more = [], {}, True
        while more:
            piece = topics(small, "daily", count="100", **anchor)
            ids += [topic["id"] for topic in piece["media_topics"]]
            anchor, more = {"anchor": piece["anchor"]}, piece["has_more"]
        assert len(ids) == len(set(ids)) == small.world.wall.count(small.page("ok", "daily"), 1_729_936_800)

    def test_the_newest_come_first(self, small):
        moments = [topic["created_ms"] for topic in topics(small, "daily")["media_topics"]]
        assert moments == sorted(moments, reverse=True)

    def test_counters_come_only_where_they_were_asked_for(self, small):
        page = small.page("ok", "daily")
        bare = small.ok("mediatopic.getTopics", gid=page.external_id, fields="media_topic.id,media_topic.created_ms")
        assert set(bare["media_topics"][0]) == {"id", "created_ms"}
        assert {"like_summary", "reshare_summary", "discussion_summary", "media", "author_ref"} <= set(
            topics(small, "daily")["media_topics"][0]
        )

    def test_views_are_told_of_own_groups_only(self, small):
        assert not any("views_count" in topic for topic in topics(small, "daily")["media_topics"])
        assert any("views_count" in topic for topic in topics(small, "own")["media_topics"])

    @pytest.mark.parametrize(("quirk", "code"), [("closed", 10), ("members_only", 10), ("deleted", 160)])
    def test_topics_that_cannot_be_read_say_why(self, small, quirk, code):
        assert topics(small, quirk)["error_code"] == code

    def test_more_than_a_hundred_at_once_are_refused(self, small):
        assert topics(small, "daily", count="101")["error_code"] == 100

    def test_comments_come_by_the_topic(self, small):
        topic = max(
            topics(small, "daily", count="100")["media_topics"], key=lambda t: t["discussion_summary"]["comments_count"]
        )
        found = small.ok("discussions.getComments", discussionId=topic["id"], discussionType="GROUP_TOPIC", count="100")
        assert len(found["comments"]) == topic["discussion_summary"]["comments_count"]


@pytest.mark.parametrize(
    ("fault", "code"),
    [("ok_service", 2), ("ok_flood", 8), ("ok_ip_blocked", 9), ("ok_limit", 11), ("ok_session_expired", 102)],
)
def test_errors_are_played_by_name(small, fault, code):
    small.running.set_faults([fault])
    assert small.ok("group.getInfo", uids="1")["error_code"] == code


def test_the_older_shape_is_an_object(small):
    small.running.set_faults(["ok_old_shape"])
    assert [group["uid"] for group in groups(small, "")["groups"]] == [small.page("ok").external_id]
