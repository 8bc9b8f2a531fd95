"""`manage.py frontend`: the few files that npm brought and the browser needs, laid into static/vendor."""

import shutil

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

PACKAGES = settings.BASE_DIR / "node_modules"
VENDOR = settings.BASE_DIR / "static" / "vendor"
FONT = "@fontsource-variable/inter/files/inter-{}-wght-normal.woff2"
# Whole `dist` folders name files that they do not hold, which the manifest storage refuses; so a short list.
FILES = (
    "@tabler/core/dist/css/tabler.min.css",
    "@tabler/core/dist/css/tabler.min.css.map",
    "echarts/dist/echarts.common.min.js",
    *(FONT.format(letters) for letters in ("cyrillic", "cyrillic-ext", "latin", "latin-ext")),
)


class Command(BaseCommand):
    help = "Copy what the screens need of node_modules to static/vendor. Run after npm install."
    requires_system_checks = []

    def handle(self, *args: object, **options: object) -> None:
        missing = [name for name in FILES if not (PACKAGES / name).is_file()]
        if missing:
            raise CommandError("Run npm install first; missing in node_modules: " + ", ".join(missing))
        shutil.rmtree(VENDOR, ignore_errors=True)
        VENDOR.mkdir(parents=True)
        for name in FILES:
            shutil.copyfile(PACKAGES / name, VENDOR / name.rsplit("/", 1)[-1])
        self.stdout.write(f"{len(FILES)} files in {VENDOR.relative_to(settings.BASE_DIR)}")
