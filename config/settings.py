"""Django's settings: everything that differs between machines comes from the environment."""

from pathlib import Path

import django_stubs_ext
import environ
from django.utils.translation import gettext_lazy as _

from core.csp import STOREFRONT_POLICY
from core.storages import s3_origin, s3_storages

# Generic forms, admins and managers name their model at run time too.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

env = environ.Env()
environ.Env.read_env(env.str("ENV_FILE", default=str(VAR_DIR / "env")), overwrite=False)

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY")
LOCAL = env.bool("LOCAL", default=False)
"""True where bin/serve runs: mail is written to files and can be read on a page."""

# The host gate is StoreMiddleware: an unknown host is a 404 before any view is reached.
ALLOWED_HOSTS = ["*"]
PLATFORM_HOSTS = env.list("PLATFORM_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
PLATFORM_ORIGIN = env.str("PLATFORM_ORIGIN", default="http://localhost:8000")
STORE_HOST_SUFFIX = env.str("STORE_HOST_SUFFIX", default="localhost")

DOMAIN_ADDRESSES = env.list("DOMAIN_ADDRESSES", default=[])
"""The public IP addresses of this installation, to which creators point domains of their own."""
TLS_ASK_SECRET = env.str("TLS_ASK_SECRET", default="")
"""What the web server says when it asks whether a host may have a certificate; empty: from this
machine only."""

INSTALLED_APPS = [
    "core",  # before the admin, which reads every form as it starts
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_cotton.apps.SimpleAppConfig",
    "template_partials.apps.SimpleAppConfig",
    "stores",
    "mail",
    "accounts",
    "products",
    "shipping",
    "access",
    "content",
    "conversations",
    "payments",
    "storefront",
    "ebooks",
    "memberships",
]

MIDDLEWARE = [
    "core.middleware.RequestMiddleware",
    "stores.middleware.HostSecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Above the host gate, so that refusals carry their headers too.
    "core.csp.PolicyMiddleware",
    # Below what every answer carries, above what only browsers and people need.
    "payments.middleware.HintsMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    # Below what writes headers: a kept page carries the same ones.
    "storefront.middleware.KeptPagesMiddleware",
    "stores.middleware.StoreMiddleware",
    "stores.middleware.StoreSessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.CustomerMiddleware",
    "access.middleware.ViewerMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.BrowserMiddleware",
    "accounts.middleware.SecondStepMiddleware",
    "stores.middleware.ClosingMiddleware",
]

ROOT_URLCONF = "config.urls"
PLATFORM_URLCONF = "config.platform_urls"
WSGI_APPLICATION = "config.wsgi.application"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django_cotton.cotton_loader.Loader",
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "builtins": [
                "django_cotton.templatetags.cotton",
                "template_partials.templatetags.partials",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "stores.views.store_context",
            ],
        },
    }
]

DATABASES = {
    "default": env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'sevenfold.sqlite3'}")
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # The file is read as memory, 128 MB of it: no call to the system for each page.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
        " PRAGMA mmap_size=134217728;",
    }
    DATABASES["default"]["ENGINE"] = "core.sqlite3"
    # Opening the file anew for each request costs more than most answers; PostgreSQL has a pool.
    DATABASES["default"]["CONN_MAX_AGE"] = None
else:
    DATABASES["default"]["OPTIONS"] = {"pool": {"min_size": 1, "max_size": 8, "timeout": 20}}
    DATABASES["default"]["ENGINE"] = "core.postgres"
DATABASES["default"]["ATOMIC_REQUESTS"] = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHE_URL = env.str("CACHE_URL", default="")
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    # Whole pages: losing them costs a rendering, so each process may keep its own.
    "pages": env.cache_url("CACHE_URL", default="locmemcache://pages"),
    # Rate limits and locks: every process must see the same numbers.
    "shared": env.cache_url("CACHE_URL", default="dbcache://core_shared_cache"),
}

if CACHES["shared"]["BACKEND"].endswith("DatabaseCache"):
    # Django keeps 300 rows unless told otherwise: with a few visitors the limits would forget.
    CACHES["shared"]["OPTIONS"] = {"MAX_ENTRIES": 100_000}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "accounts.backends.KeptBackend",
    # Sessions that were begun before there was the other name this one.
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
]
LOGIN_URL = "accounts:sign-in"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
MFA_ADAPTER = "accounts.adapter.SecondStepAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1

SESSION_ENGINE = "stores.sessions"
SESSION_COOKIE_AGE = 90 * 24 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SECURE = env.bool("SECURE", default=not (DEBUG or LOCAL))
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
OPERATORS_NEED_SECOND_STEP = env.bool("OPERATORS_NEED_SECOND_STEP", default=SECURE)
if SECURE:
    # Browsers take such a cookie from this very host only: a sibling store cannot plant one.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
SECURE_SSL_REDIRECT = SECURE
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_HSTS_PRELOAD = SECURE
SECURE_REFERRER_POLICY = "same-origin"
SECURE_REDIRECT_EXEMPT = [
    r"^healthz$",
    r"^readyz$",
    r"^tls/allowed$",
    r"^\.well-known/acme-challenge/",
]
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
"""True where a proxy of ours stands in front: what it says of a request is believed."""
MAINTENANCE = env.bool("MAINTENANCE", default=False)
"""True while nobody is to be served: every page says that the shop comes back."""
READYZ_TOKEN = env.str("READYZ_TOKEN", default="")
"""Who sends it as a bearer token sees the details of /readyz from anywhere."""
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {"DIRECTIVES": STOREFRONT_POLICY}
CSRF_FAILURE_VIEW = "stores.views.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("he", _("Hebrew"))]
# Ours win over Django's and Unfold's wherever both speak, whatever the order of INSTALLED_APPS.
LOCALE_PATHS = [BASE_DIR / app / "locale" for app in INSTALLED_APPS if (BASE_DIR / app).is_dir()]
FORMAT_MODULE_PATH = ["core.formats"]
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "public"
PRIVATE_ROOT = VAR_DIR / "private"
STORAGE_URL = env.str("STORAGE_URL", default="")
"""Empty for the local disk, or s3://bucket?endpoint=… for S3 and what speaks like it."""
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": PRIVATE_ROOT, "base_url": None},
    },
    "staticfiles": {
        # Compressing takes half a minute, for which a first start need not wait.
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
        if LOCAL
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
STORAGE_ORIGIN = s3_origin(STORAGE_URL) if STORAGE_URL else ""
if STORAGE_URL:
    STORAGES |= s3_storages(STORAGE_URL)
X_ACCEL_PREFIX = env.str("X_ACCEL_PREFIX", default="")
"""Where nginx keeps its internal location over PRIVATE_ROOT ("/protected/"), or empty."""
FILE_UPLOAD_TEMP_DIR = None

CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default="filesystem://localhost//")
if CELERY_BROKER_URL.startswith("filesystem"):
    QUEUE_DIR = env.path("QUEUE_DIR", default=str(VAR_DIR / "queue"))
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(QUEUE_DIR("messages")),
        "data_folder_out": str(QUEUE_DIR("messages")),
        "control_folder": str(QUEUE_DIR("control")),
        "polling_interval": 0.2,
    }
CELERY_TASK_ALWAYS_EAGER = False
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_SOFT_TIME_LIMIT = 540
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {
    "mail.tasks.*": {"queue": "mail"},
    "stores.tasks.beat_mail": {"queue": "mail"},
    "stores.tasks.beat_media": {"queue": "media"},
    # a book bought a second ago never waits behind a film
    "content.tasks.stamp_small_in": {"queue": "default"},
    "content.tasks.tell_editions*": {"queue": "default"},
    "content.tasks.tell_holders*": {"queue": "default"},
    "content.tasks.make_small_excerpts_in": {"queue": "default"},
    "content.tasks.*": {"queue": "media"},
    "stores.tasks.make_archives": {"queue": "media"},
    "storefront.tasks.make_posters": {"queue": "media"},
}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# A worker whose hands are full listens for no work. On Redis it would not notice then that the
# connection is lost, and wait for ever for room that no acknowledgement makes: this listens always.
CELERY_WORKER_ENABLE_REMOTE_CONTROL = CELERY_BROKER_URL.startswith("redis")
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")

vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
if LOCAL and not env.str("EMAIL_URL", default=""):
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = VAR_DIR / "mail"
EMAIL_TIMEOUT = 20
MAIL_FROM_ADDRESS = env.str("MAIL_FROM_ADDRESS", default="hello@localhost.localdomain")

STRIPE_API_KEY = env.str("STRIPE_API_KEY", default="")
STRIPE_API_BASE = env.str("STRIPE_API_BASE", default="")
"""Empty for Stripe itself; bin/serve points it at the sandbox."""
STRIPE_NETWORK_RETRIES = env.int("STRIPE_NETWORK_RETRIES", default=2)
STRIPE_WEBHOOK_SECRET = env.str("STRIPE_WEBHOOK_SECRET", default="")
"""Several, separated by commas, are valid at once while one takes the other's place."""
STRIPE_WEBHOOK_TOKEN = env.str("STRIPE_WEBHOOK_TOKEN", default="")
STRIPE_LIVEMODE = env.bool("STRIPE_LIVEMODE", default=False)

LOG_FORMAT = env.str("LOG_FORMAT", default="line" if DEBUG or LOCAL else "json")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "core.logs.LineFormatter"},
        "json": {"()": "core.logs.JsonFormatter"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        name: {"level": "WARNING"} for name in ("fontTools", "pikepdf", "stripe", "urllib3")
    },
}

UNFOLD = {"SITE_TITLE": "Sevenfold", "SITE_HEADER": "Sevenfold", "SHOW_HISTORY": False}
# stores.middleware.HostSecurityMiddleware is that middleware, told of domains that are not ours.
SILENCED_SYSTEM_CHECKS = ["security.W001"]
