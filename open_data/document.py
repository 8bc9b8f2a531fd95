"""The OpenAPI document of the API, with its fields explained."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from .api import api
from .words import ABOUT, FIELDS, PARAMETERS

PREFIX = "/api/v1"


def document() -> dict[str, Any]:
    """OpenAPI 3.1 in the present language."""
    found = dict(api.get_openapi_schema(path_prefix=PREFIX.lstrip("/")))
    found["info"] = {
        "title": "Gospub",
        "version": "1",
        "description": _("Open data on the official pages of public bodies on social networks."),
        "license": {"name": settings.OPEN_DATA_LICENCE, "url": settings.OPEN_DATA_LICENCE_URL},
    }
    found["components"]["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
    found["security"] = [{}, {"key": []}]
    for name, shape in found["components"]["schemas"].items():
        if name.endswith("Row") or name == "RatingFull":
            for field, about in shape["properties"].items():
                about["description"] = str(FIELDS[field])
    for methods in found["paths"].values():
        for operation in methods.values():
            operation["summary"] = summary(operation)
            operation.pop("description", None)
            for parameter in operation["parameters"]:
                parameter["description"] = str(PARAMETERS[parameter["name"]])
    return found


def summary(operation: dict[str, Any]) -> str:
    """What the operation gives, in the present language."""
    return str(ABOUT[operation["operationId"].removeprefix("open_data_api_")])


@dataclass(frozen=True, slots=True)
class Address:
    """An address of the API for the page of help. path: with the names of its keys in braces."""

    path: str
    about: str
    parameters: list[tuple[str, str]]
    fields: list[tuple[str, str]]


def addresses(found: dict[str, Any]) -> Iterator[Address]:
    """Of the document, in its order."""
    for path, methods in found["paths"].items():
        operation = methods["get"]
        content = operation["responses"][200].get("content", {})
        shape = content.get("application/json", {}).get("schema", {})
        yield Address(
            path,
            operation["summary"],
            [(each["name"], each["description"]) for each in operation["parameters"]],
            list(_fields(found, shape)),
        )


def _fields(found: dict[str, Any], shape: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Name and meaning of the fields of a row."""
    if "$ref" not in shape:
        return
    data = found["components"]["schemas"][shape["$ref"].rpartition("/")[2]]["properties"]["data"]
    row = data.get("items", data)["$ref"].rpartition("/")[2]
    for name, about in found["components"]["schemas"][row]["properties"].items():
        yield name, about["description"]
