"""Private servers for tests: started on demand in a temporary folder, stopped at the end. Never the machine's own."""

import glob
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

_stop: list[Callable[[], None]] = []


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def wait_for(ready: Callable[[], bool], what: str, seconds: float = 30) -> None:
    """Poll `ready` until it is true; raise TimeoutError naming `what` after that many seconds."""
    end = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > end:
            raise TimeoutError(f"{what} did not start in {seconds} s")
        time.sleep(0.05)


def temporary_folder() -> Path:
    """A folder that is removed at the end of the run, readable for the database's own user."""
    folder = Path(tempfile.mkdtemp(prefix="gospub-test-"))
    folder.chmod(0o755)
    _stop.append(lambda: shutil.rmtree(folder, ignore_errors=True))
    return folder


def prepare_environment() -> None:
    """Point the settings at private data before Django is imported."""
    os.environ["GOSPUB_VAR"] = str(temporary_folder())
    for name in ("REDIS_URL", "SIMULATOR_URL", "GOSPUB_DEMO_CLOCK"):
        os.environ[name] = ""
    if os.environ.get("GOSPUB_TEST_DATABASE") == "sqlite":
        os.environ["DATABASE_URL"] = f"sqlite:///{os.environ['GOSPUB_VAR']}/test.sqlite3"
    else:
        os.environ["DATABASE_URL"] = start_postgresql()


def start_postgresql() -> str:
    """A private PostgreSQL server on a Unix socket; returns its URL. As root it runs as the user `postgres`."""
    binaries = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
    initdb = shutil.which("initdb") or (binaries and f"{binaries[-1]}/initdb")
    if not initdb:
        raise RuntimeError("PostgreSQL is not installed: apt-get install postgresql (make test does it as root)")
    folder = temporary_folder()
    user = pwd.getpwuid(os.getuid()).pw_name
    prefix: list[str] = []
    if os.getuid() == 0:
        user = "postgres"
        shutil.chown(folder, user, user)
        prefix = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    data = folder / "data"
    quiet = {"stdout": subprocess.DEVNULL, "cwd": folder}
    subprocess.run(
        [*prefix, initdb, "-D", data, "-A", "trust", "-U", user, "-E", "UTF8", "--no-sync"], check=True, **quiet
    )
    options = (
        f"-k {folder} -c listen_addresses='' -c fsync=off -c full_page_writes=off -c synchronous_commit=off "
        "-c max_connections=60 -c jit=off"
    )
    control = [*prefix, str(Path(initdb).with_name("pg_ctl")), "-D", str(data)]
    subprocess.run([*control, "-w", "-l", str(folder / "log"), "-o", options, "start"], check=True, **quiet)
    _stop.append(lambda: subprocess.run([*control, "-m", "immediate", "stop"], check=False, **quiet))
    return f"postgres://{user}@/postgres?host={folder}"


def start_redis() -> str:
    """A private Redis server on a Unix socket; returns its URL."""
    folder = temporary_folder()
    path = folder / "redis.sock"
    process = subprocess.Popen(
        ["redis-server", "--port", "0", "--unixsocket", str(path), "--save", "", "--dir", str(folder)],
        stdout=subprocess.DEVNULL,
    )
    _stop.append(process.terminate)
    wait_for(path.exists, "Redis")
    return f"redis+socket://{path}"


def stop_all() -> None:
    """Stop everything in the reverse order of its start."""
    while _stop:
        _stop.pop()()
