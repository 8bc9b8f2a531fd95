"""Servers that misbehave, and clients pointed at them."""

from collections.abc import Callable, Iterator

import pytest

from monitoring.platforms.transport import Transport

from .wire import Script, ScriptedServer


@pytest.fixture
def serve() -> Iterator[Callable[..., ScriptedServer]]:
    """Makes servers that play scripts."""
    servers: list[ScriptedServer] = []

    def make(*scripts: Script) -> ScriptedServer:
        servers.append(ScriptedServer(*scripts))
        return servers[-1]

    yield make
    for server in servers:
        server.close()


@pytest.fixture
def transport() -> Iterator[Transport]:
    """A transport whose requests may take one second."""
    transport = Transport("telegram", seconds=1)
    yield transport
    transport.close()
