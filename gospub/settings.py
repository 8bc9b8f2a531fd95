"""Settings: every value comes from the environment, the defaults run the embedded installation."""

from pathlib import Path
from urllib.parse import urlsplit

from celery.schedules import crontab
from csp.constants import SELF
from django.core.exceptions import ImproperlyConfigured
from environs import Env

from gospub import logs

BASE_DIR = Path(__file__).resolve().parent.parent
env = Env()
env.read_env(BASE_DIR / ".env", recurse=False)

VAR_DIR = env.path("GOSPUB_VAR", BASE_DIR / "var")
VAR_DIR.mkdir(parents=True, exist_ok=True)

DEBUG = env.bool("DEBUG", False)
EMBEDDED_SECRET = "embedded-installation-on-this-machine-only-not-for-a-network"  # noqa: S105
SECRET_KEY = env.str("SECRET_KEY", EMBEDDED_SECRET)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"])
ON_A_NETWORK = bool(set(ALLOWED_HOSTS) - {"127.0.0.1", "localhost", "[::1]", "testserver"})
if SECRET_KEY == EMBEDDED_SECRET and ON_A_NETWORK:
    raise ImproperlyConfigured("Set SECRET_KEY: the built-in one is for an installation on this machine only.")
# What contacts are encrypted with: the first key encrypts, all decrypt. See docs/personal-data.md.
EMBEDDED_DATA_KEY = "ZW1iZWRkZWQtb24tdGhpcy1tYWNoaW5lLW9ubHktISE="
DATA_KEYS = env.list("DATA_KEYS", [EMBEDDED_DATA_KEY])
if EMBEDDED_DATA_KEY in DATA_KEYS and ON_A_NETWORK:
    raise ImproperlyConfigured("Set DATA_KEYS: the built-in one is for an installation on this machine only.")
# What numbers of people are salted with where a region's different subscribers are counted; "" = that is not possible.
AUDIENCE_KEY = env.str("AUDIENCE_KEY", "" if ON_A_NETWORK else "embedded-installation-on-this-machine-only")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", [])
# Where people open the installation, for links in letters: without a path and a slash at the end.
PUBLIC_URL = env.str(
    "PUBLIC_URL", next((each for each in CSRF_TRUSTED_ORIGINS if "*" not in each), "http://127.0.0.1:8000")
).rstrip("/")

INSTALLED_APPS = [
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "gospub",
    "gospub.accounts",
    "monitoring",
    "ratings",
    "awards",
    "forum",
    "press",
    "compliance",
    "appeals",
    "letters",
    "operations",
    "reports",
    "public",
    "open_data",
    "django_htmx",
    "django_filters",
    "template_partials",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
]

MIDDLEWARE = [
    "operations.requests.observed",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "gospub.middleware.chosen_language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "gospub.accounts.middleware.second_factor",
    "gospub.accounts.middleware.where_from",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "gospub.middleware.htmx_headers",
]

ROOT_URLCONF = "gospub.urls"
WSGI_APPLICATION = "gospub.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "gospub.context.installation",
            ],
            "builtins": [
                "template_partials.templatetags.partials",
                "monitoring.templatetags.figures",
                "ratings.templatetags.scores",
                "reports.templatetags.tools",
            ],
        },
    }
]

# --- data ---------------------------------------------------------------------------------------
DATABASES = {"default": env.dj_db_url("DATABASE_URL", f"sqlite:///{VAR_DIR / 'gospub.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Tests use a file as well: threads cannot share a base in memory.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536;",
    }
else:
    DATABASES["default"].setdefault("CONN_MAX_AGE", 60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 3)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", "")


def cache_of(name: str) -> dict[str, object]:
    """A cache of that name: no room and no key of it is shared with another."""
    if REDIS_URL:
        return {
            "BACKEND": "gospub.cache.ForgivingRedisCache",
            "LOCATION": REDIS_URL.replace("redis+socket", "unix"),
            "KEY_PREFIX": "" if name == "cache" else name,
            "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
        }
    return {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": VAR_DIR / name,
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    }


# The first counts wrong passwords and remembers which letters went out: whoever reads the public part fills the second.
CACHES = {"default": cache_of("cache"), "public": cache_of("cache-public")}

# --- people -------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "gospub.accounts.adapter.ClosedSignUp"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_FORMS = {"reset_password": "gospub.accounts.resetting.EvenReset"}
ACCOUNT_RATE_LIMITS = {"login_failed": "50/10m/ip,10/10m/key"}
# How many proxies of ours stand before the installation: the address of whoever asks is read behind them.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", 0)
MFA_ADAPTER = "gospub.accounts.adapter.EncryptedSecrets"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # whoever opened the invitation has the address
MFA_TOTP_ISSUER = "Gospub"
MFA_TOTP_TOLERANCE = 1
# submission://user:password@host:587 (TLS), smtp://host:25?ssl=True and so on; by default letters are printed.
MAIL = env.dj_email_url("EMAIL_URL", "console:")
EMAIL_BACKEND, EMAIL_HOST, EMAIL_PORT = MAIL["EMAIL_BACKEND"], MAIL["EMAIL_HOST"], MAIL["EMAIL_PORT"]
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = MAIL["EMAIL_HOST_USER"], MAIL["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS, EMAIL_USE_SSL = MAIL["EMAIL_USE_TLS"], MAIL["EMAIL_USE_SSL"]
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "gospub@localhost")

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
COOKIES_OVER_HTTPS_ONLY = env.bool("HTTPS", False)
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not COOKIES_OVER_HTTPS_ONLY
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = COOKIES_OVER_HTTPS_ONLY
# A browser that was here once by HTTPS comes by nothing else for a year. Whether the domains under ours have HTTPS, and
# whether browsers ship with our name, is not for us to say.
SECURE_HSTS_SECONDS = 31_536_000 if COOKIES_OVER_HTTPS_ONLY else 0
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
if COOKIES_OVER_HTTPS_ONLY and ALLAUTH_TRUSTED_PROXY_COUNT:  # only a proxy of ours tells how it was asked
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^(health|ready|metrics)"]  # asked from inside, past the proxy
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "object-src": ["'none'"],
        "img-src": [SELF, "data:"],
        "frame-ancestors": ["'none'"],
        "form-action": [SELF],
        "base-uri": ["'none'"],
    }
}

# --- the public part and open data ------------------------------------------------------------------
# Requests a minute from one address, or with one key; 0 = no limit.
OPEN_DATA_PER_MINUTE = env.int("OPEN_DATA_PER_MINUTE", 60)
OPEN_DATA_PER_MINUTE_WITH_KEY = env.int("OPEN_DATA_PER_MINUTE_WITH_KEY", 600)
CHECKS_PER_MINUTE = env.int("CHECKS_PER_MINUTE", 30)
OPEN_DATA_LICENCE = env.str("OPEN_DATA_LICENCE", "CC BY 4.0")
OPEN_DATA_LICENCE_URL = env.str("OPEN_DATA_LICENCE_URL", "https://creativecommons.org/licenses/by/4.0/deed.ru")

# --- language and files -------------------------------------------------------------------------
LANGUAGE_CODE = "ru"
LANGUAGES = [("ru", "Русский"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = True
TIME_ZONE = "UTC"

STATIC_URL = "static/"
STATIC_ROOT = env.path("STATIC_ROOT", BASE_DIR / "staticfiles")
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": env.str("STATIC_STORAGE", "whitenoise.storage.CompressedManifestStaticFilesStorage")},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024

# --- networks -----------------------------------------------------------------------------------
# Base addresses have no path: the networks' own paths are appended. A simulator, a mirror or a test
# server can stand in for any of them.
NETWORK_URLS = {
    "VK_API_URL": env.str("VK_API_URL", "https://api.vk.ru"),
    "VK_WEB_URL": env.str("VK_WEB_URL", "https://vk.com"),
    "OK_API_URL": env.str("OK_API_URL", "https://api.ok.ru"),
    "TELEGRAM_WEB_URL": env.str("TELEGRAM_WEB_URL", "https://t.me"),
    "TELEGRAM_BOT_URL": env.str("TELEGRAM_BOT_URL", "https://api.telegram.org"),
    "MAX_API_URL": env.str("MAX_API_URL", "https://platform-api2.max.ru"),
    "MAX_WEB_URL": env.str("MAX_WEB_URL", "https://max.ru"),
}
VK_TOKENS = env.list("VK_TOKENS", [])
OK_APPLICATION_KEY = env.str("OK_APPLICATION_KEY", "")
OK_APPLICATION_SECRET = env.str("OK_APPLICATION_SECRET", "")
OK_ACCESS_TOKEN = env.str("OK_ACCESS_TOKEN", "")
TELEGRAM_BOT_TOKENS = env.list("TELEGRAM_BOT_TOKENS", [])
MAX_BOT_TOKENS = env.list("MAX_BOT_TOKENS", [])
# One proxy a network, for instance socks5://… or http://…; empty = direct.
NETWORK_PROXIES = {
    "vk": env.str("VK_PROXY", ""),
    "ok": env.str("OK_PROXY", ""),
    "telegram": env.str("TELEGRAM_PROXY", ""),
    "max": env.str("MAX_PROXY", ""),
}
# Extra trusted root certificates (PEM file) a network: MAX's API host has a Russian root.
NETWORK_CA_FILES = {
    "vk": env.str("VK_CA_FILE", ""),
    "ok": env.str("OK_CA_FILE", ""),
    "telegram": env.str("TELEGRAM_CA_FILE", ""),
    "max": env.str("MAX_CA_FILE", ""),
}
# Requests a second a token (or an address, where there is no token); 0 = no pace, for the simulator.
# Calls of groups.getMembers a day and token: VK names no limit, this one is ours.
VK_MEMBERS_A_DAY = env.int("VK_MEMBERS_A_DAY", 5000)
REQUESTS_PER_SECOND = {
    "vk": env.float("VK_REQUESTS_PER_SECOND", 3),
    "ok": env.float("OK_REQUESTS_PER_SECOND", 3),
    "telegram": env.float("TELEGRAM_REQUESTS_PER_SECOND", 1),
    "max": env.float("MAX_REQUESTS_PER_SECOND", 1),
}

# --- tasks --------------------------------------------------------------------------------------
CELERY_QUEUE_DIR = VAR_DIR / "queue"
CELERY_BROKER_URL = REDIS_URL or "filesystem://localhost//"
if not REDIS_URL:
    for folder in ("messages", "control"):
        (CELERY_QUEUE_DIR / folder).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(CELERY_QUEUE_DIR / "messages"),
        "data_folder_out": str(CELERY_QUEUE_DIR / "messages"),
        "control_folder": str(CELERY_QUEUE_DIR / "control"),
        "polling_interval": 0.05,
    }
else:
    # What a dead worker held comes back after visibility_timeout; kombu looks for it every interval × throttle seconds,
    # by default only every hundred.
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": 300,
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,
        "socket_timeout": 10,
        "socket_connect_timeout": 5,
    }
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Workers wait for a Redis that is away or full as long as it takes; by default they give up in the end, or at once.
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_CHANNEL_ERROR_RETRY = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# Told to end, a worker finishes what it reads (tasks.stop_reading); what is not done by then goes back to the queue.
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
CELERY_BEAT_MAX_LOOP_INTERVAL = 5
CELERY_BEAT_SCHEDULE = {
    "plan": {"task": "monitoring.tasks.plan", "schedule": 20, "options": {"expires": 20}},
    "tick": {"task": "monitoring.tasks.tick", "schedule": 5, "options": {"expires": 5}},
    "unique-audience": {"task": "monitoring.tasks.unique_audience", "schedule": 30, "options": {"expires": 30}},
    "roll-up": {"task": "monitoring.tasks.roll_up", "schedule": 900, "options": {"expires": 900}},
    "retention": {"task": "monitoring.tasks.retention", "schedule": crontab(hour=1, minute=15)},
    "papers": {"task": "awards.tasks.papers", "schedule": 5, "options": {"expires": 5}},
    "forget-papers": {"task": "awards.tasks.forget_papers", "schedule": crontab(hour=1, minute=45)},
    "tell-of-audit": {"task": "monitoring.tasks.tell_of_audit", "schedule": 3600, "options": {"expires": 3600}},
    "send-letters": {"task": "letters.tasks.send", "schedule": 60, "options": {"expires": 60}},
    "digests": {"task": "letters.tasks.digests", "schedule": crontab(minute=2)},
    "forget-letters": {"task": "letters.tasks.forget", "schedule": crontab(hour=2, minute=15)},
    "forget-participants": {"task": "forum.tasks.forget_names", "schedule": crontab(hour=1, minute=50)},
    "tell-of-reports": {"task": "reports.tasks.tell_of_reports", "schedule": crontab(minute=7)},
    "forget-drafts": {"task": "appeals.tasks.forget_drafts", "schedule": crontab(hour=2, minute=15)},
}

# --- demo ---------------------------------------------------------------------------------------
# The demo world stands still at this moment (ISO, with zone); empty = the real clock.
DEMO_CLOCK = env.str("GOSPUB_DEMO_CLOCK", "")
if DEMO_CLOCK:  # no letter of the demo leaves this machine: /mail/ shows them
    EMAIL_BACKEND = "letters.capture.CaptureBackend"
# Analysts, officials, auditors and operators need a second factor; the demo's made-up people do not.
SECOND_FACTOR_OBLIGATORY = not DEMO_CLOCK
# Address of a simulator whose clock may be set, so that past days can be collected; empty = real networks.
# A stand-in for VK on this machine is taken for one.
LOCAL_HOSTS = ("127.0.0.1", "localhost", "::1")
STAND_IN = NETWORK_URLS["VK_API_URL"] if urlsplit(NETWORK_URLS["VK_API_URL"]).hostname in LOCAL_HOSTS else ""
SIMULATOR_URL = env.str("SIMULATOR_URL", STAND_IN)

# --- operations ---------------------------------------------------------------------------------
# Who may read /metrics, and which part of /health/ready fails: by a token, or by address (networks, as 10.0.0.0/8).
METRICS_TOKEN = env.str("METRICS_TOKEN", "")
METRICS_ADDRESSES = env.list("METRICS_ADDRESSES", [])
# Where `manage.py backup` keeps its copies.
BACKUP_DIR = env.path("BACKUP_DIR", VAR_DIR / "backups")
# Requests stand in the log from INFO on.
LOGGING = logs.configuration(
    env.str("LOG_LEVEL", "WARNING"), env.str("LOG_FORMAT", "json" if ON_A_NETWORK else "plain")
)
DJANGO_STRUCTLOG_CELERY_DEFAULT_LOG_LEVEL = 10  # that a task began and ended well is said to who looks for faults
