"""How gunicorn runs: its log as ours, and a folder in which its processes count requests together."""

import os
import shutil
import tempfile
from typing import Any

from gospub.logs import configuration

# Before prometheus_client is imported, or each process would count for itself.
# An empty name: each counts for itself all the same, and leaves no files in whatever folder this is.
_asked = os.environ.pop("PROMETHEUS_MULTIPROC_DIR", None)
_own = _asked is None
_folder = tempfile.mkdtemp(prefix="gospub-metrics-") if _own else _asked
if _folder:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = _folder

_logs = configuration(os.environ.get("LOG_LEVEL") or "WARNING", os.environ.get("LOG_FORMAT") or "json")
_console: dict[str, Any] = {"level": "INFO", "handlers": ["console"], "propagate": False}
# Its log of accesses would hold addresses with their queries; ours tells of every request.
logconfig_dict = _logs | {"loggers": _logs["loggers"] | {"gunicorn.error": _console}}
if os.path.isdir("/dev/shm"):  # noqa: S108 - the heartbeats of its processes, not to be written to a disk
    worker_tmp_dir = "/dev/shm"  # noqa: S108


def child_exit(server: object, worker: Any) -> None:
    """What a dead process has counted stays counted."""
    from prometheus_client import multiprocess  # noqa: PLC0415 - not before the folder is known

    if _folder:
        multiprocess.mark_process_dead(worker.pid)


def on_exit(server: object) -> None:
    """The folder ends with the server that made it."""
    if _own:
        shutil.rmtree(_folder, ignore_errors=True)
