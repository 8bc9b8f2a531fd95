from django.apps import AppConfig


class GospubConfig(AppConfig):
    name = "gospub"

    def ready(self) -> None:
        from . import checks  # noqa: F401, PLC0415  registers them
