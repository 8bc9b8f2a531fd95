"""Rules for Dockerfile and docker-compose.yml, as hadolint and the benchmarks of container security have them, where
no engine is. Each returns what is wrong, in words."""

import ast
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.core.management import get_commands, load_command_class

ROOT = Path(settings.BASE_DIR)
SECRET = re.compile(r"KEY|TOKEN|SECRET|PASSWORD")
# Read by others than the settings.
FOREIGN = {
    "MALLOC_ARENA_MAX": "glibc",
    "POSTGRES_USER": "postgres",
    "POSTGRES_DB": "postgres",
    "POSTGRES_PASSWORD": "postgres",
    "REDIS_PASSWORD": "redis",
}

Compose = dict[str, Any]


def compose(text: str | None = None) -> Compose:
    return yaml.safe_load(text or (ROOT / "docker-compose.yml").read_text("utf-8"))


def settings_variables() -> set[str]:
    """Names that settings.py reads from the environment."""
    found = set()
    for node in ast.walk(ast.parse((ROOT / "gospub/settings.py").read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            name = node.args[0]
            if ast.unparse(node.func.value) == "env" and isinstance(name, ast.Constant):
                found.add(name.value)
    return found


def interpolated(text: str) -> set[str]:
    """Names that the compose file takes out of .env."""
    return set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", text))


# --- commands ---------------------------------------------------------------------------------------------------------


def wrong_commands(found: Compose) -> list[str]:
    """Commands and health checks that name nothing of ours, or options that it does not take."""
    wrong = []
    for name, service in found["services"].items():
        commands = [service.get("command")] if "build" in service else []
        check = service.get("healthcheck", {}).get("test") if "build" in service else None
        commands += [check[1:]] if check else []
        for command in commands:
            try:
                understand(command)
            except (Exception, SystemExit) as error:
                wrong.append(f"{name}: {command}: {type(error).__name__} {error}")
    return wrong


def understand(command: list[str]) -> None:
    """Raises what the program itself says of such arguments."""
    match command:
        case ["python", "manage.py", name, *rest]:
            owner = get_commands()[name]
            load_command_class(owner, name).create_parser("manage.py", name).parse_args(rest)
        case ["python", path, *_] if not path.startswith("-"):
            compile((ROOT / path).read_text("utf-8"), path, "exec")
        case ["gunicorn", *rest]:
            from gunicorn.config import Config

            module = Config().parser().parse_args(rest).args[0]
            assert (ROOT / f"{module.replace('.', '/')}.py").exists(), module
        case ["celery", "-A", "gospub", name, *rest]:
            from celery.bin.celery import celery

            known = {option for each in celery.commands[name].params for option in each.opts}
            options = {each.partition("=")[0] for each in rest if each.startswith("-")}
            assert options <= known, options - known
        case _:
            raise ValueError("nobody knows this program")


# --- the compose file -------------------------------------------------------------------------------------------------


def careless(found: Compose, text: str, tools: str) -> Iterator[str]:
    """What is wrong with services. tools: the release of PostgreSQL whose tools the image has."""
    for name, service in found["services"].items():
        yield from (f"{name}: {each}" for each in of_service(name, service, found))
    yield from (f"volume {each} is of no use" for each in set(found["volumes"]) - used_volumes(found))
    yield from (f"volume {each} is not declared" for each in used_volumes(found) - set(found["volumes"]))
    image = found["services"]["postgres"]["image"]
    if not re.match(rf"postgres:{tools}\b", image):
        yield f"{image} and tools of release {tools}"
    for each in re.findall(r"(?<!\$)\$\{([A-Z_]*(?:PASSWORD|SECRET|KEY|TOKEN)[A-Z_]*)(:\?)?", text):
        if not each[1]:
            yield f"{each[0]} may be empty"


def of_service(name: str, service: dict[str, Any], found: Compose) -> Iterator[str]:
    rules = {
        "it may gain rights": "no-new-privileges:true" in service.get("security_opt", []),
        "it keeps rights of root": service.get("cap_drop") == ["ALL"] and not service.get("cap_add"),
        "it is privileged": not service.get("privileged"),
        "it may write on its image": service.get("read_only") is True,
        "there is no place for temporary files": "/tmp" in service.get("tmpfs", []),
        "it runs as root": "build" in service or str(service.get("user") or "root") not in ("root", "0", "0:0"),
        "it does not come up again": service.get("restart") == "unless-stopped" or name == "setup",
        "nobody forwards signals to it": service.get("init") is True,
        "nobody asks how it is": name == "setup" or "healthcheck" in service,
        "its image is no release": "build" in service or re.search(r":\d", service.get("image", "")),
        "its network is not named": bool(service.get("networks")),
        "its log grows without end": "max-size" in service.get("logging", {}).get("options", {}),
        "it is open to others": all(str(port).startswith("127.0.0.1:") for port in service.get("ports", [])),
        "others than the web are open": name == "web" or not service.get("ports"),
        "it is killed too early": name != "worker"
        or seconds(service) >= settings.CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT + 5,
    }
    yield from (what for what, holds in rules.items() if not holds)
    for other, how in service.get("depends_on", {}).items():
        target = found["services"].get(other, {})
        if how["condition"] == "service_healthy" and "test" not in target.get("healthcheck", {}):
            yield f"it waits for the health of {other}, which nobody asks"
        if how["condition"] == "service_completed_successfully" and target.get("restart") != "no":
            yield f"it waits for the end of {other}, which begins anew"
    for network in service.get("networks", []):
        if network not in found["networks"]:
            yield f"network {network} is not declared"
    if name in ("postgres", "redis", "beat", "backup") and service.get("networks") != ["inside"]:
        yield "it can be reached, or reaches out"
    unknown = set(service.get("environment", {})) - settings_variables() - set(FOREIGN)
    yield from (f"nobody reads {each}" for each in sorted(unknown))


def seconds(service: dict[str, Any]) -> int:
    return int(service.get("stop_grace_period", "10s").removesuffix("s"))


def used_volumes(found: Compose) -> set[str]:
    mounts = (str(each) for service in found["services"].values() for each in service.get("volumes", []))
    names = (re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", each).split(":")[0] for each in mounts)
    return {each for each in names if not each.startswith((".", "/"))}


# --- the Dockerfile ---------------------------------------------------------------------------------------------------


def instructions(text: str) -> list[tuple[str, str]]:
    """(FROM, rest of it) of a Dockerfile, its continued lines joined."""
    lines = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    joined = re.sub(r"\\\n", " ", lines)
    return [(line.split()[0].upper(), line.split(None, 1)[1].strip()) for line in joined.splitlines() if line.strip()]


def postgresql_tools(text: str) -> str:
    """The release of postgresql-client that is installed."""
    return re.search(r"postgresql-client-(\d+)", text)[1]


def wrong_dockerfile(text: str, ignored: str) -> list[str]:
    """What hadolint would say, and that nothing runs as root or carries a secret."""
    found = instructions(text)
    wrong = [f"{what}: {rest}" for what, rest in found for what in of_instruction(what, rest)]
    users = [rest for name, rest in found if name == "USER"]
    if not users or users[-1].split(":")[0] in ("root", "0"):
        wrong.append("it runs as root")
    elif not users[-1].split(":")[0].isdigit():
        wrong.append("whether its user is root cannot be told: name a number")
    shells = [rest for name, rest in found if name == "SHELL"]
    if any("|" in rest.replace("||", "") for name, rest in found if name == "RUN") and "pipefail" not in str(shells):
        wrong.append("a pipe hides what fails in it")
    for each in (".git", ".env", "var", "tests", "node_modules", ".venv", "backups"):
        if each not in ignored.split():
            wrong.append(f"{each} comes into the image")
    return wrong


def of_instruction(name: str, rest: str) -> Iterator[str]:
    if name == "FROM" and not re.match(r"[\w./-]+:(?!latest)[\w.-]*\d", rest):
        yield "a base without a release"
    if name == "ADD":
        yield "ADD unpacks and downloads; COPY does not"
    if name == "WORKDIR" and not rest.startswith(("/", "$")):
        yield "a relative folder"
    if name in ("CMD", "ENTRYPOINT"):
        try:
            json.loads(rest)
        except ValueError:
            yield "a shell stands between, and forwards no signals"
    if name in ("ENV", "ARG") and SECRET.search(rest):
        yield "a secret in the image"
    if name == "EXPOSE" and int(rest) < 1024:
        yield "a port of root"
    if name == "COPY" and "--from" not in rest:
        for source in shlex.split(rest)[:-1]:
            if not (ROOT / source).exists():
                yield f"there is no {source}"
    if name == "RUN":
        yield from of_run(rest)


def of_run(rest: str) -> Iterator[str]:
    if "apt-get install" in rest:
        if "--no-install-recommends" not in rest:
            yield "packages that nobody asked for"
        if not re.search(r"apt-get update\s+&&", rest) or "rm -rf /var/lib/apt/lists" not in rest:
            yield "lists of packages that are old, or left behind"
        if not re.search(r"(--yes|-y)\b", rest):
            yield "a question that nobody answers"
    if "pip install" in rest and ("--no-cache-dir" not in rest or "--require-hashes" not in rest):
        yield "packages without digests, or kept twice"
    if re.search(r"\bsudo\b|chmod\s+(-R\s+)?777", rest):
        yield "rights for everybody"
    if re.search(r"(curl|wget)[^|&]*\|\s*(ba)?sh", rest):
        yield "a script out of the network is run"
