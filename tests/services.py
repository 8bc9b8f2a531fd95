"""Private servers for tests: started on demand in a temporary folder, stopped at the end. Never the machine's own."""

import glob
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from redis import Redis, RedisError

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


class PostgreSQL:
    """A private server on a Unix socket that may be stopped and started again. As root it runs as `postgres`."""

    def __init__(self) -> None:
        binaries = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
        initdb = shutil.which("initdb") or (binaries and f"{binaries[-1]}/initdb")
        if not initdb:
            raise RuntimeError("PostgreSQL is not installed: apt-get install postgresql (make test does it as root)")
        self._folder = temporary_folder()
        user = pwd.getpwuid(os.getuid()).pw_name
        prefix: list[str] = []
        if os.getuid() == 0:
            user = "postgres"
            shutil.chown(self._folder, user, user)
            prefix = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        data = self._folder / "data"
        self._quiet = {"stdout": subprocess.DEVNULL, "cwd": self._folder}
        subprocess.run(
            [*prefix, initdb, "-D", data, "-A", "trust", "-U", user, "-E", "UTF8", "--no-sync"],
            check=True,
            **self._quiet,
        )
        self._data = data
        self._control = [*prefix, str(Path(initdb).with_name("pg_ctl")), "-D", str(data)]
        self.url = f"postgres://{user}@/postgres?host={self._folder}"
        _stop.append(self.stop)

    def start(self, *, connections: int = 60) -> None:
        """Start and wait until it answers; `connections` is what the server allows at once.

        What was committed outlives `stop`, not the machine: commits are written, but not flushed to the disk.
        """
        options = (
            f"-k {self._folder} -c listen_addresses='' -c fsync=off -c full_page_writes=off "
            f"-c max_connections={connections} -c jit=off"
        )
        command = [*self._control, "-w", "-l", str(self._folder / "log"), "-o", options, "start"]
        subprocess.run(command, check=True, **self._quiet)

    def stop(self) -> None:
        """Stop at once, as a crash does."""
        subprocess.run(
            [*self._control, "-m", "immediate", "stop"], check=False, stderr=subprocess.DEVNULL, **self._quiet
        )

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """New connections get no answer; restarted first, so that there are no others."""
        self.stop()
        self.start()
        pid = int((self._data / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)


class RedisServer:
    """A private server on a Unix socket that may be stopped and started again: empty, unless the options say that it
    keeps what it holds (`--appendonly yes`)."""

    def __init__(self, *options: str) -> None:
        self._options = options
        self._folder = temporary_folder()
        self._socket = self._folder / "redis.sock"
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"redis+socket://{self._socket}"
        _stop.append(self.stop)

    def start(self, *options: str) -> None:
        """Start with further options of redis-server (`--maxmemory 1mb`) and wait until it answers."""
        command = ["redis-server", "--port", "0", "--unixsocket", str(self._socket), "--save", ""]
        command += ["--dir", str(self._folder), *self._options, *options]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        wait_for(self._answers, "Redis")

    def stop(self) -> None:
        """Stop at once, as a crash does."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None
            self._socket.unlink(missing_ok=True)

    def client(self) -> Redis:
        """A connection for the test's own use."""
        return Redis(unix_socket_path=str(self._socket))

    def _answers(self) -> bool:
        try:
            return self.client().ping()
        except RedisError:  # not yet there, or still reading what it kept
            return False


def start_postgresql() -> str:
    """A private PostgreSQL server for the whole run; returns its URL."""
    server = PostgreSQL()
    server.start()
    return server.url


def start_redis() -> str:
    """A private Redis server for the whole run; returns its URL."""
    server = RedisServer()
    server.start()
    return server.url


def stop_all() -> None:
    """Stop everything in the reverse order of its start."""
    while _stop:
        _stop.pop()()
