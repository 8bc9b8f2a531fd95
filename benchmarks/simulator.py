"""How fast the simulator answers: `python benchmarks/simulator.py [--seconds 4] [--json FILE]`.

Starts `manage.py simulate --demo` and asks it over HTTP from this process, eight requests at a time. CPU is that of
the simulator alone (Linux: /proc). Each question is asked for a while before it is measured.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import aiohttp

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gospub.settings")

import django  # noqa: E402

django.setup()

from monitoring.simulator.demo import DEMO_MOMENT, KHABAROVSK, demo_world  # noqa: E402
from monitoring.simulator.ok import KEY, TOKEN, signature  # noqa: E402

AT_ONCE = 8
WARM_UP = 1.0
GROUP_FIELDS = "members_count,description,cover,menu,is_government_organization"

Ask = Callable[[int], Awaitable[int]]


@dataclass(frozen=True, slots=True)
class Result:
    """One kind of request: how many a second, CPU of the simulator (ms), size of an answer (KB)."""

    name: str
    requests_a_second: float
    cpu_ms: float
    answer_kb: float


def questions(session: aiohttp.ClientSession) -> dict[str, Ask]:
    """By name a function that sends the n-th request of its kind and returns the size of the answer."""
    accounts = demo_world(KHABAROVSK.code).accounts(DEMO_MOMENT.date())
    by_network = {code: [page for page in accounts if page.platform == code] for code in ("vk", "ok", "telegram")}
    vk = [page.external_id for page in by_network["vk"]]
    ok = [page.external_id for page in by_network["ok"] if not page.hidden]
    telegram = [page.handle for page in by_network["telegram"] if page.looks.preview]
    groups = {"group_ids": ",".join(vk[:500]), "fields": GROUP_FIELDS}

    async def vk_call(method: str, values: dict[str, str]) -> int:
        return await _size(session.post(f"/method/{method}", data=_vk(values)))

    def script(start: int, count: int) -> dict[str, str]:
        owners = [vk[(start * 25 + place) % len(vk)] for place in range(25)]
        calls = (f'API.wall.get({{"owner_id":-{owner},"count":{count}}})' for owner in owners)
        return {"code": f"return [{','.join(calls)}];"}

    def one_group(n: int) -> Awaitable[int]:
        return vk_call("groups.getById", {"group_ids": vk[n % len(vk)], "fields": "members_count"})

    return {
        "groups.getById of 1": one_group,
        "groups.getById of 500": lambda n: vk_call("groups.getById", groups),
        "execute of 25 walls, 10 posts": lambda n: vk_call("execute", script(n, 10)),
        "execute of 25 walls, 100 posts": lambda n: vk_call("execute", script(n, 100)),
        "OK topics, 100": lambda n: _size(session.post("/fb.do", data=_ok(ok[n % len(ok)]))),
        "Telegram page": lambda n: _size(session.get(f"/{telegram[n % len(telegram)]}")),
        "Telegram feed": lambda n: _size(session.get(f"/s/{telegram[n % len(telegram)]}")),
    }


def _vk(values: dict[str, str]) -> dict[str, str]:
    return {"v": "5.199", "access_token": "sim-vk-user", **values}


def _ok(group_id: str) -> dict[str, str]:
    values = {"application_key": KEY, "method": "mediatopic.getTopics", "gid": group_id, "count": "100"}
    signed = {**values, "fields": "media_topic.*", "access_token": TOKEN}
    return {**signed, "sig": signature(signed)}


async def _size(sending: "aiohttp.client._RequestContextManager") -> int:
    async with sending as answer:
        answer.raise_for_status()
        return len(await answer.read())


async def measure(name: str, ask: Ask, pid: int, seconds: float) -> Result:
    """Ask for WARM_UP seconds, then count for `seconds`."""
    await _ask_for(ask, WARM_UP)
    cpu, began = _cpu(pid), time.perf_counter()
    count, size = await _ask_for(ask, seconds)
    spent = time.perf_counter() - began
    return Result(name, count / spent, 1000 * (_cpu(pid) - cpu) / count, size / count / 1024)


async def _ask_for(ask: Ask, seconds: float) -> tuple[int, int]:
    """Requests and bytes."""
    end, sizes = time.perf_counter() + seconds, []

    async def work(first: int) -> None:
        n = first
        while time.perf_counter() < end:
            sizes.append(await ask(n))
            n += AT_ONCE

    await asyncio.gather(*(work(first) for first in range(AT_ONCE)))
    return len(sizes), sum(sizes)


def _cpu(pid: int) -> float:
    """Seconds of CPU that the process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def measure_all(address: str, pid: int, seconds: float) -> list[Result]:
    async with aiohttp.ClientSession(address) as session:
        return [await measure(name, ask, pid, seconds) for name, ask in questions(session).items()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    command = [sys.executable, "manage.py", "simulate", "--demo", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        try:
            address = child.stdout.readline().strip()
            results = asyncio.run(measure_all(address, child.pid, options.seconds))
        finally:
            child.terminate()
    print(f"| {'request':32} | a second | CPU, ms | answer, KB |\n|{'-' * 34}|---:|---:|---:|")
    for result in results:
        print(
            f"| {result.name:32} | {result.requests_a_second:8.0f} | {result.cpu_ms:7.2f} | {result.answer_kb:10.1f} |"
        )
    if options.json:
        options.json.write_text(json.dumps([asdict(result) for result in results], indent=2))


if __name__ == "__main__":
    main()
