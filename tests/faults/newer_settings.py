"""Settings of the made-up next release, see newer/."""

from gospub.settings import *  # noqa: F403
from gospub.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.faults.newer"]
