"""`python operations/probe.py URL`: ends 0 where the address answers 200. For the health checks of containers: it loads
nothing of the installation, and names itself as the installation's first host, as ALLOWED_HOSTS wants it."""

import http.client
import os
import sys
from urllib.parse import urlsplit

SECONDS = 4


def probe(url: str, host: str) -> int:
    """The status of the answer, 0 where there is none."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=SECONDS)
    address = parts.path + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("GET", address, headers={"Host": host or parts.netloc})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


if __name__ == "__main__":
    hosts = [each.strip() for each in os.environ.get("ALLOWED_HOSTS", "").split(",")]
    sys.exit(
        probe(sys.argv[1], next((each for each in hosts if each and each[0] not in ".*"), "")) != http.HTTPStatus.OK
    )
