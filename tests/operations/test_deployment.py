"""docker-compose.yml and the Dockerfile name what there is, and leave nothing open; each rule with what breaks it."""

import copy
import re
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tests.operations.deployment import (
    FOREIGN,
    ROOT,
    careless,
    compose,
    interpolated,
    postgresql_tools,
    settings_variables,
    wrong_commands,
    wrong_dockerfile,
)

COMPOSE = (ROOT / "docker-compose.yml").read_text("utf-8")
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
IGNORED = (ROOT / ".dockerignore").read_text("utf-8")
GUIDE = (ROOT / "docs/operator.md").read_text("utf-8")
TOOLS = postgresql_tools(DOCKERFILE)
NAME = re.compile(r"^#?\s*([A-Z][A-Z_]{2,})=", re.MULTILINE)


class TestCompose:
    def test_it_is_the_whole_installation(self):
        assert set(compose()["services"]) == {"setup", "web", "worker", "beat", "backup", "postgres", "redis"}

    def test_every_command_is_one_of_ours_with_options_that_it_takes(self):
        assert wrong_commands(compose()) == []

    @pytest.mark.parametrize(
        ("service", "command"),
        [
            ("backup", ["python", "manage.py", "backup", "--weekly"]),
            ("backup", ["python", "manage.py", "back_up"]),
            ("web", ["gunicorn", "gospub.asgi"]),
            ("web", ["gunicorn", "gospub.wsgi", "--workres", "3"]),
            ("worker", ["celery", "-A", "gospub", "worker", "--treads"]),
            ("worker", ["sh", "-c", "true"]),
            ("setup", ["python", "operations/prob.py"]),
        ],
    )
    def test_twin_a_command_that_there_is_not_is_noticed(self, service, command):
        found = compose()
        found["services"][service]["command"] = command
        assert wrong_commands(found)

    def test_nothing_is_open_and_nothing_runs_as_root(self):
        assert list(careless(compose(), COMPOSE, TOOLS)) == []

    @pytest.mark.parametrize(
        ("service", "change"),
        [
            ("web", {"ports": ["8000:8000"]}),
            ("redis", {"ports": ["127.0.0.1:6379:6379"]}),
            ("redis", {"user": "root"}),
            ("postgres", {"user": None}),
            ("postgres", {"image": "postgres:16"}),
            ("postgres", {"image": "postgres"}),
            ("postgres", {"healthcheck": {"disable": True}}),
            ("web", {"read_only": False}),
            ("web", {"cap_drop": []}),
            ("web", {"security_opt": []}),
            ("web", {"privileged": True}),
            ("web", {"healthcheck": None}),
            ("web", {"environment": {"REDIS_ADDRESS": "x"}}),
            ("web", {"networks": ["elsewhere"]}),
            ("web", {"init": False}),
            ("web", {"logging": {}}),
            ("worker", {"stop_grace_period": "10s"}),
            ("worker", {"restart": "no"}),
            ("beat", {"tmpfs": []}),
            ("beat", {"networks": ["inside", "outside"]}),
            ("backup", {"volumes": ["elsewhere:/backups"]}),
            ("setup", {"restart": "unless-stopped"}),
        ],
    )
    def test_twin_what_is_careless_is_noticed(self, service, change):
        found = copy.deepcopy(compose())
        found["services"][service] |= change
        if change == {"healthcheck": None}:
            del found["services"][service]["healthcheck"]
        assert list(careless(found, COMPOSE, TOOLS))

    def test_twin_a_password_that_may_be_empty_is_noticed(self):
        assert list(careless(compose(), COMPOSE.replace("${REDIS_PASSWORD:?}", "${REDIS_PASSWORD}"), TOOLS))


class TestVariables:
    def test_the_guide_names_every_setting(self):
        missing = {name for name in settings_variables() if f"`{name}`" not in GUIDE and name not in FOREIGN}
        assert missing == set()

    def test_the_guide_names_what_the_compose_file_asks_for(self):
        assert {name for name in interpolated(COMPOSE) if name not in GUIDE} == set()

    @pytest.mark.parametrize("path", ["README.md", "docs/operator.md"])
    def test_every_variable_of_an_example_is_read_by_somebody(self, path):
        blocks = re.findall(r"(?:^    .*\n)+|```\w*\n[\s\S]*?```", (ROOT / path).read_text("utf-8"), re.MULTILINE)
        named = {name for block in blocks for name in NAME.findall(re.sub(r"(?m)^    ", "", block))}
        assert "SECRET_KEY" in named
        assert named - settings_variables() - interpolated(COMPOSE) == set()

    def test_twin_a_variable_that_nobody_reads_is_noticed(self):
        assert NAME.findall("SECRET_KEYS=x") == ["SECRET_KEYS"]
        assert "SECRET_KEYS" not in settings_variables() | interpolated(COMPOSE)

    def test_the_first_lines_of_the_guide_are_enough_to_start(self):
        """What has no default, or one for this machine alone."""
        block = re.search(r"```dotenv\n([\s\S]*?)```", GUIDE)[1]
        needed = {"SECRET_KEY", "DATA_KEYS", "ALLOWED_HOSTS", "POSTGRES_PASSWORD", "REDIS_PASSWORD", "HTTPS",
                  "CSRF_TRUSTED_ORIGINS", "TRUSTED_PROXIES", "EMAIL_URL", "VK_TOKENS"}  # fmt: skip
        assert needed <= set(NAME.findall(block))

    def test_every_command_of_the_guide_is_one_of_ours(self):
        from django.core.management import get_commands

        named = set(re.findall(r"manage\.py (\w+)", GUIDE))
        assert named - set(get_commands()) == set()
        assert {"backup", "restore", "upgrade", "createsuperuser", "import_registry", "verify_ledger"} <= named

    def test_every_figure_of_the_guide_is_told(self, db):
        from gospub import clock
        from operations import metrics

        told = metrics.text(clock.now()).decode()
        named = set(re.findall(r"\bgospub_[a-z_]+", GUIDE))
        assert {name for name in named if f"# TYPE {name}" not in told.replace("_bucket", "")} == set()


class TestDockerfile:
    def test_it_keeps_the_rules(self):
        assert wrong_dockerfile(DOCKERFILE, IGNORED) == []

    @pytest.mark.parametrize(
        ("line", "instead"),
        [
            ("USER 10001", "USER root"),
            ("USER 10001", ""),
            ("USER 10001", "USER gospub"),
            ("FROM python:3.11-slim-trixie", "FROM python"),
            ("FROM python:3.11-slim-trixie", "FROM python:latest"),
            ("COPY requirements.txt .", "ADD requirements.txt ."),
            ("COPY requirements.txt .", "COPY requirement.txt ."),
            (" --no-install-recommends", ""),
            ("apt-get update \\\n && ", ""),
            (" && rm -rf /var/lib/apt/lists/*", ""),
            (" --yes", ""),
            (" --require-hashes", ""),
            (" --no-cache-dir", ""),
            ("WORKDIR /app", "WORKDIR app"),
            ('CMD ["gunicorn"', "CMD gunicorn #"),
            ("ENV PYTHONUNBUFFERED=1", "ENV SECRET_KEY=x"),
            ("EXPOSE 8000", "EXPOSE 80"),
            ("RUN pip", "RUN wget -O - example.org | sh && pip"),
            ('SHELL ["/bin/bash", "-euo", "pipefail", "-c"]\n', "RUN ls | wc\n"),
        ],
    )
    def test_twin_what_breaks_them_is_noticed(self, line, instead):
        assert line in DOCKERFILE
        assert wrong_dockerfile(DOCKERFILE.replace(line, instead), IGNORED)

    def test_twin_secrets_that_come_into_the_image_are_noticed(self):
        assert wrong_dockerfile(DOCKERFILE, IGNORED.replace(".env\n", ""))


class TestProbe:
    @pytest.fixture
    def server(self):
        class Answer(BaseHTTPRequestHandler):
            def do_GET(self):
                right = self.headers["Host"] == "gospub.example.ru" and self.path == "/health/ready?all"
                self.send_response(200 if right else 400)
                self.end_headers()

            def log_message(self, *_):
                pass

        server = HTTPServer(("127.0.0.1", 0), Answer)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        server.server_close()

    def probe(self, url: str, hosts: str = "*.example.ru, gospub.example.ru,127.0.0.1") -> int:
        environment = {"ALLOWED_HOSTS": hosts}
        return subprocess.run(
            [sys.executable, "operations/probe.py", url], cwd=ROOT, env=environment, check=False
        ).returncode

    def test_it_ends_well_where_the_answer_is_good(self, server):
        assert self.probe(f"{server}/health/ready?all") == 0

    def test_it_ends_badly_where_it_is_not_or_there_is_none(self, server):
        assert self.probe(f"{server}/health/live") == 1
        assert self.probe(f"{server}/health/ready?all", "") == 1
        assert self.probe("http://127.0.0.1:9/") == 1
