"""Whose turn it is, and what a refusal does to a token."""

import datetime as dt

import pytest

from gospub import clock
from monitoring.platforms.access import Access
from monitoring.platforms.base import Failure, PlatformError, Token

ONE, TWO = Token("user", "one"), Token("service", "two")
CHARGE = {"wall.get": 25, "execute": 1}


class Network:
    """Answers each sending with the next of what it was given; exceptions are raised."""

    def __init__(self, *answers: object) -> None:
        self.answers = list(answers)
        self.sent: list[Token] = []

    def __call__(self, token: Token) -> object:
        self.sent.append(token)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def later(seconds: float) -> dt.datetime:
    return clock.now() + dt.timedelta(seconds=seconds)


def test_every_sending_is_charged_to_its_token():
    access = Access([ONE])
    access.ask(CHARGE, Network("ok"))
    access.ask({"execute": 1}, Network("ok"))
    assert access.calls == {ONE: {"wall.get": 25, "execute": 2}}


def test_a_dead_token_is_not_asked_again_and_the_next_one_carries_on():
    access, network = Access([ONE, TWO]), Network(PlatformError(Failure.TOKEN_DEAD), "ok", "ok")
    assert [access.ask(CHARGE, network), access.ask(CHARGE, network)] == ["ok", "ok"]
    assert network.sent == [ONE, TWO, TWO]


def test_where_all_tokens_are_gone_the_reason_is_told():
    access = Access([ONE])
    with pytest.raises(PlatformError):
        access.ask(CHARGE, Network(PlatformError(Failure.TOKEN_DEAD)))
    network = Network("never sent")
    with pytest.raises(PlatformError) as caught:
        access.ask(CHARGE, network)
    assert (caught.value.failure, network.sent) == (Failure.TOKEN_DEAD, [])


def test_of_several_pauses_the_first_to_end_is_told():
    access, soon = Access([ONE, TWO]), later(60)
    network = Network(PlatformError(Failure.THROTTLED, until=later(600)), PlatformError(Failure.THROTTLED, until=soon))
    with pytest.raises(PlatformError) as caught:
        access.ask(CHARGE, network)
    assert caught.value.until == soon


def test_a_method_that_is_spent_leaves_the_tokens_other_methods_alone():
    access = Access([ONE])
    spent = PlatformError(Failure.THROTTLED, until=later(600), method="wall.get")
    with pytest.raises(PlatformError):
        access.ask(CHARGE, Network(spent))
    assert not access.can(CHARGE)
    assert access.ask({"groups.getById": 1}, Network("ok")) == "ok"


def test_a_token_of_the_wrong_kind_is_not_asked():
    network = Network("ok")
    Access([ONE, TWO]).ask(CHARGE, network, allows=lambda token: token.kind == "service")
    assert network.sent == [TWO]


def test_a_short_throttling_is_waited_out_with_the_same_token():
    network = Network(PlatformError(Failure.THROTTLED, until=later(0.1)), "ok")
    assert Access([ONE]).ask(CHARGE, network) == "ok"
    assert network.sent == [ONE, ONE]


def test_a_passing_fault_is_tried_again_as_often_as_asked_and_no_more():
    fault = PlatformError(Failure.UNREACHABLE)
    assert Access([ONE]).ask(CHARGE, Network(fault, "ok"), tries=2) == "ok"
    network = Network(fault, fault, fault)
    with pytest.raises(PlatformError):
        Access([ONE]).ask(CHARGE, network, tries=2)
    assert len(network.sent) == 2


def test_an_answer_that_would_be_the_same_again_is_not_asked_for_twice():
    network = Network(PlatformError(Failure.NOT_FOUND), "never sent")
    with pytest.raises(PlatformError):
        Access([ONE]).ask(CHARGE, network, tries=3)
    assert len(network.sent) == 1
