"""`manage.py frontend`: the few files that npm brought and the browser needs, laid into static/vendor."""

import base64
import hashlib
import shutil
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

PACKAGES = settings.BASE_DIR / "node_modules"
VENDOR = settings.BASE_DIR / "static" / "vendor"
FONT = "@fontsource-variable/inter/files/inter-{}-wght-normal.woff2"
# Whole `dist` folders name files that they do not hold, which the manifest storage refuses; so a short list. What is
# served is what was looked at: the SHA-384 of each file in the versions that package.json names.
FILES = {
    "@tabler/core/dist/css/tabler.min.css": "tT2UAGE9hxG/p5d0iGIvZ/s8El3nWWG3tfG02i8iOY5Pbf8cZZRVmcrrVs+JG5Vw",
    "@tabler/core/dist/css/tabler.min.css.map": "YuxeastuP06jEz5MuRaa9K/grFH+b6G9E9/AJB4pufLcyE/mKcXX4q0nRTSSKiZK",
    "echarts/dist/echarts.common.min.js": "Eocxm0VcwHzkU/WL/hiZUvWxg2ISrOO+xcgznp2yXB0nAUIgQUk+GcTHQ+v62nj9",
    FONT.format("cyrillic"): "0TIui+vzWhVZMl7iUvLEvfLe0BvgafwfPJsBipXepNH7XIVkp1kGdXEZmLw5x82g",
    FONT.format("cyrillic-ext"): "swBecAL27qLsDDPbdyf4m+eOb3hVqthbGOSWWsQAWGQRrC7Mv26pPhoNQD/pG+fc",
    FONT.format("latin"): "l0ql7Q1zqvX5klAVRwYjcMVCkCxg5dMTdghsIlC3pYkX6wwEHerh2bP/4yAao3Im",
    FONT.format("latin-ext"): "r0EoKgCx3XyQjhJdTJ6FDE+8mEZrV95dM7cWvqLDUVdqzM44cq76qdOaYiA3sebS",
}


def digest(path: Path) -> str:
    """SHA-384 in base64, as browsers write it."""
    return base64.b64encode(hashlib.sha384(path.read_bytes()).digest()).decode()


class Command(BaseCommand):
    help = "Copy what the screens need of node_modules to static/vendor. Run after npm install."
    requires_system_checks = []

    def handle(self, *args: object, **options: object) -> None:
        missing = [name for name in FILES if not (PACKAGES / name).is_file()]
        if missing:
            raise CommandError("Run npm install first; missing in node_modules: " + ", ".join(missing))
        changed = [name for name, known in FILES.items() if digest(PACKAGES / name) != known]
        if changed:
            raise CommandError("Not the files that this version was made with: " + ", ".join(changed))
        shutil.rmtree(VENDOR, ignore_errors=True)
        VENDOR.mkdir(parents=True)
        for name in FILES:
            shutil.copyfile(PACKAGES / name, VENDOR / name.rsplit("/", 1)[-1])
        self.stdout.write(f"{len(FILES)} files in {VENDOR.relative_to(settings.BASE_DIR)}")
