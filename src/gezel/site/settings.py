"""Settings, all from the environment; `docs/architecture.md` lists them.

The defaults are the embedded size: one process, SQLite and a worker thread in `var/`.
"""

import atexit
import os
import sys
from contextlib import suppress
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp, mkstemp
from urllib.parse import urlsplit

import dj_database_url
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key
from django.utils.translation import gettext_lazy as _

PACKAGE = Path(__file__).resolve().parent.parent
TESTING = "pytest" in sys.modules

# In a checkout the data lie beside the code, wherever the command was called from.
_checkout = PACKAGE.parents[1]
_here = _checkout if (_checkout / "pyproject.toml").exists() else Path.cwd()
DATA_DIR = Path(os.environ.get("GEZEL_DATA_DIR", _here / "var")).resolve()
BASE_URL = os.environ.get("GEZEL_BASE_URL", "http://localhost:8000").rstrip("/")
# Where the source of exactly what runs here is to be had: the AGPL gives everyone a right to it.
SOURCE_URL = os.environ.get("GEZEL_SOURCE_URL", "")
DEMO = os.environ.get("GEZEL_DEMO", "") == "1"
DEBUG = os.environ.get("GEZEL_DEBUG", "") == "1"

# Who one can step in as at the door of the demo: the address, and what there is to see.
DEMO_CAST = [
    ("noor.jansen@vandijk.example", _("Learns: her skills, her goal, her next step")),
    ("daan.visser@vandijk.example", _("Leads the workshop: where his team needs what")),
    ("femke.deboer@vandijk.example", _("HR: what roles ask, and the whole organisation")),
    ("sam.willems@delinde.example", _("Works elsewhere: finds these doors closed")),
    ("karim.elamrani@vandijk.example", _("Knows the craft, and makes learning material")),
    ("joyce.sarpong@vandijk.example", _("Guides a colleague through EVC")),
    ("nadia.haddad@vandijk.example", _("Assesses the EVC dossier of a colleague")),
    ("mitchell.pinas@vandijk.example", _("Works council: what Gezel does with data")),
    ("tijmen.brouwer@vandijk.example", _("Administrator: keys for other systems")),
    ("theo.smeets@vandijk.example", _("Left in June: what stays his, and what closed")),
    ("rachida.benali@delinde.example", _("HR of the care organisation")),
]


def _secret_key() -> str:
    """The key given, else one made once and kept beside the data.

    A key that changes at every start would sign everyone out and void every link.
    """
    if given := os.environ.get("GEZEL_SECRET_KEY"):
        return given
    if TESTING:
        return "only-for-tests"
    file = DATA_DIR / "secret-key"
    if not file.exists():
        DATA_DIR.mkdir(parents=True, exist_ok=True)
        # Written apart and then named, so that who starts at the same moment never reads half.
        handle, made = mkstemp(prefix="secret-key-", dir=DATA_DIR)
        with os.fdopen(handle, "w") as out:
            out.write(get_random_secret_key())
            out.flush()
            os.fsync(out.fileno())
        with suppress(FileExistsError):  # another process was first
            os.link(made, file)
        Path(made).unlink()
    if not (key := file.read_text().strip()):
        raise ImproperlyConfigured(f"{file} is empty: remove it and start again.")
    return key


SECRET_KEY = _secret_key()

_hosts = {urlsplit(BASE_URL).hostname or "localhost"}
_at_home = bool(_hosts & {"localhost", "127.0.0.1"})
if _at_home:
    _hosts |= {"localhost", "127.0.0.1", "[::1]"}
# Where packages of others run, away from everything of ours. A star gives every attempt a host of
# its own, so that its pages share an origin with each other and with nothing else; without one,
# each page is alone in an opaque origin. See docs/decisions/0009.
_ours = urlsplit(BASE_URL)
_beside = f"{'*.localhost' if _at_home else _ours.hostname}:{(_ours.port or 8000) + 1}"
CONTENT_URL = os.environ.get("GEZEL_CONTENT_URL", f"{_ours.scheme}://{_beside}").rstrip("/")
if urlsplit(CONTENT_URL).netloc == _ours.netloc:
    raise ImproperlyConfigured("GEZEL_CONTENT_URL must be another host or port than GEZEL_BASE_URL")
_hosts.add((urlsplit(CONTENT_URL).hostname or "").removeprefix("*"))
ALLOWED_HOSTS = sorted(_hosts | ({"testserver"} if TESTING else set()))
CSRF_TRUSTED_ORIGINS = [BASE_URL]

INSTALLED_APPS = [
    "gezel.site",
    "gezel.profile",
    "gezel.assessment",
    "gezel.gatherings",
    "gezel.plans",
    "gezel.certificates",
    "gezel.paths",
    "gezel.content",
    "gezel.catalogue",
    "gezel.skills",
    "gezel.records",
    "gezel.connect",
    "gezel.people",
    "gezel.trust",
    "gezel.kit",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    # Both would wrap the template loaders behind our back; we state them below.
    "django_cotton.apps.SimpleAppConfig",
    "template_partials.apps.SimpleAppConfig",
    "treebeard",
    "ninja",
    "csp",
]

MIDDLEWARE = [
    "gezel.records.xapi.door.XapiMiddleware",
    "gezel.site.api.OneWayOfRefusing",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "gezel.content.origin.ContentOrigin",
    "gezel.site.csp.WrittenOnce",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "gezel.people.middleware.VisitorMiddleware",
    "gezel.people.middleware.LanguageMiddleware",
    "gezel.people.device.OwnerMiddleware",
    "gezel.trust.braked.BrakeMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "gezel.connect.lost.LostSession",
]
CSRF_FAILURE_VIEW = "gezel.site.views.too_old"

ROOT_URLCONF = "gezel.site.urls"
WSGI_APPLICATION = "gezel.site.wsgi.application"

_loaders = [
    "django_cotton.cotton_loader.Loader",
    "django.template.loaders.filesystem.Loader",
    "django.template.loaders.app_directories.Loader",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    _loaders if DEBUG else [("django.template.loaders.cached.Loader", _loaders)],
                )
            ],
            "builtins": [
                "django_cotton.templatetags.cotton",
                "template_partials.templatetags.partials",
                "django.templatetags.i18n",
                "django.templatetags.static",
                "gezel.kit.templatetags.kit",
                "gezel.kit.templatetags.known",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                # With what Django's and csp's tell of language, messages and nonce.
                "gezel.site.context.house",
            ],
        },
    }
]

DATABASES = {
    "default": dj_database_url.parse(
        os.environ.get("GEZEL_DATABASE_URL", f"sqlite:///{DATA_DIR / 'gezel.sqlite3'}")
    )
}
_database = DATABASES["default"]
if _database["ENGINE"].endswith("sqlite3"):
    # Stated one by one: FULL keeps what we confirmed through a power cut, IMMEDIATE makes a
    # writer wait its turn where DEFERRED would fail half-way (see docs/decisions/0003).
    # A test that commits need not wait for the disk eight milliseconds each time; what must outlive
    # a power cut is drilled in processes of their own.
    _waits_for_disk = "OFF" if TESTING else "FULL"
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            f"PRAGMA journal_mode=WAL;PRAGMA synchronous={_waits_for_disk};PRAGMA foreign_keys=ON;"
            "PRAGMA mmap_size=134217728;PRAGMA cache_size=-20000;PRAGMA temp_store=MEMORY;"
            # What is deleted or written over is made zero: else pages keep it until they are used
            # again, and who copies the file reads what was erased.
            "PRAGMA journal_size_limit=67108864;PRAGMA secure_delete=ON;"
        ),
    }
    _database["CONN_MAX_AGE"] = None
    if TESTING:
        # A file, as in use: in memory, threads share one connection's locks and prove nothing.
        _tests = Path(mkdtemp(prefix="gezel-test-"))
        atexit.register(rmtree, _tests, ignore_errors=True)
        _database["TEST"] = {"NAME": str(_tests / "test.sqlite3")}
else:
    # What `kit.prepared` asks, the server plans once a connection. A PgBouncer older than 1.21
    # in front of it cannot keep plans: then the address ends in `?prepare_threshold=0`.
    _options = _database.setdefault("OPTIONS", {})
    _options["prepare_threshold"] = int(_options.get("prepare_threshold", 5) or 0) or None
if not (TESTING or _database["ENGINE"].endswith("sqlite3")):
    # Five seconds, then a polite 503. Giving an attempt up early makes who asks next try anew;
    # else the pauses between attempts double, and people wait on when the database is back.
    _options["pool"] = {"min_size": 1, "max_size": 12, "timeout": 5, "reconnect_timeout": 2}
    # A connection from before a restart of the database is noticed and replaced, not handed out.
    _database["CONN_HEALTH_CHECKS"] = True
    # With its own 4 MB PostgreSQL sorts a quarter of a million counts on disk where it could add
    # them up in memory: four times as long for the need map of 100,000 people.
    _options.setdefault("options", "-c work_mem=32MB")

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Limits on guessing must hold across processes, so the cache they count in is shared.
CACHES = {
    "default": (
        {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": _cache}
        if (_cache := os.environ.get("GEZEL_CACHE_URL"))
        else {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "kit_cache",
            # Django throws out a third beyond 300; then whoever fills it is counted anew.
            "OPTIONS": {"MAX_ENTRIES": 20_000},
        }
    ),
    "near": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 50_000},
    },
}
BROKER_URL = os.environ.get("GEZEL_BROKER_URL", "")

AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["gezel.connect.sessions.Door"]
PASSWORD_HASHERS = (
    ["django.contrib.auth.hashers.MD5PasswordHasher"]  # speed of the tests, nothing else
    if TESTING
    else ["django.contrib.auth.hashers.Argon2PasswordHasher"]
)
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "gezel.connect.passwords.NotYourself"},
    {"NAME": "gezel.connect.passwords.LongEnough", "OPTIONS": {"min_length": 10}},
    {"NAME": "gezel.connect.passwords.NotEveryones"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"

ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_FORMS = {
    "login": "gezel.connect.entrance.SignInForm",
    "reset_password": "gezel.connect.entrance.ForgottenForm",
    "reset_password_from_key": "gezel.connect.entrance.PasswordByLinkForm",
    "set_password": "gezel.connect.entrance.FirstPasswordForm",
    "change_password": "gezel.connect.entrance.OtherPasswordForm",
    "add_email": "gezel.connect.entrance.NewAddressForm",
    "reauthenticate": "gezel.connect.entrance.PasswordAgainForm",
}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "gezel.connect.adapter.AccountAdapter"
ACCOUNT_CHANGE_EMAIL = True  # one address; a new one counts once its owner said so
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False  # here one stays; every other session is dead by its hash
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = urlsplit(BASE_URL).scheme
# Guessing stops per place at five, and per account at a number that leaves its owner a way in:
# see `connect.adapter`.
ACCOUNT_RATE_LIMITS = {
    "login_failed": "20/m/ip,5/5m/key",
    "login_failed_anywhere": "30/h/key",
}
# TLS ends at one proxy (see below); without it, nobody else's word about addresses counts.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if BASE_URL.startswith("https://") else 0
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ADAPTER = "gezel.connect.adapter.MfaAdapter"
MFA_FORMS = {
    "authenticate": "gezel.connect.entrance.SecondStepForm",
    "reauthenticate": "gezel.connect.entrance.CodeAgainForm",
    "login_webauthn": "gezel.connect.entrance.PasskeyInForm",
    "authenticate_webauthn": "gezel.connect.entrance.PasskeyStepForm",
    "reauthenticate_webauthn": "gezel.connect.entrance.PasskeyAgainForm",
    "add_webauthn": "gezel.connect.forms.AddPasskeyForm",
    "edit_webauthn": "gezel.connect.forms.RenamePasskeyForm",
    "activate_totp": "gezel.connect.forms.FirstCodeForm",
}
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = urlsplit(BASE_URL).hostname == "localhost"
MFA_TOTP_ISSUER = "Gezel"
# Whoever types it takes a while, and clocks differ: the code just before and after counts too
# (RFC 6238, section 5.2, recommends one step).
MFA_TOTP_TOLERANCE = 1
USERSESSIONS_TRACK_ACTIVITY = False  # a write on every page for a figure nobody asked for

LANGUAGE_CODE = "en"
LANGUAGES = [("nl", "Nederlands"), ("en", "English")]
LOCALE_PATHS: list[Path] = []
LANGUAGE_COOKIE_NAME = "gezel-language"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Amsterdam"
FORMAT_MODULE_PATH = ["gezel.kit.formats"]

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
MEDIA_ROOT = DATA_DIR / "files"
# Who was erased, as digests: best on another disk than what is backed up (`trust/tombstones.py`).
TOMBSTONES = Path(os.environ.get("GEZEL_TOMBSTONES", DATA_DIR / "erased.jsonl"))
# Served pages name files by their content, so a browser may keep them for ever.
# `gezel serve` collects them first and says so here.
_hashed = os.environ.get("GEZEL_STATIC_COLLECTED") == "1"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if _hashed
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not _hashed
WHITENOISE_AUTOREFRESH = DEBUG

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "media-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
_https = BASE_URL.startswith("https://")
SESSION_ENGINE = "gezel.connect.sessions"
SESSION_COOKIE_NAME = "gezel-session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SECURE_HSTS_SECONDS = 31_536_000 if _https else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _https else None

# Statements are handed on to the open internet by https alone; "1" lets them go to a store in the
# organisation's own network too.
FORWARD_ANYWHERE = os.environ.get("GEZEL_FORWARD_ANYWHERE", "") == "1"


def _people(name: str, default: int) -> int:
    """A number of people from the environment.

    Raises:
        ImproperlyConfigured: it is no whole number above nought; a brake that is off by a slip of
            the pen would be noticed by nobody.
    """
    given = os.environ.get(name, "") or str(default)
    if not (given.isascii() and given.isdecimal() and int(given)):
        raise ImproperlyConfigured(f"{name} must be a number of people, such as {default}.")
    return int(given)


# Of how many different people someone opens the data before Gezel asks why (within an hour, on a
# day), and before it ends for the day; what the keys of one person read is counted apart.
LOOKS = {
    "hour": _people("GEZEL_LOOKS_AN_HOUR", 150),
    "day": _people("GEZEL_LOOKS_A_DAY", 400),
    "most": _people("GEZEL_LOOKS_AT_MOST", 5_000),
    "key": _people("GEZEL_LOOKS_BY_KEY", 20_000),
}

# Under which keys secret keys lie in the database, newest first; none: one made of SECRET_KEY.
SEALING_KEYS = [k.strip() for k in os.environ.get("GEZEL_KEY", "").split(",") if k.strip()]
# "1": whoever checks a credential may have us ask its issuer over the network.
ASK_ISSUERS = os.environ.get("GEZEL_ASK_ISSUERS", "") == "1"
# "1": of a link that a colleague shares, the page is read once for its title and picture.
ASK_LINKS = os.environ.get("GEZEL_ASK_LINKS", "") == "1"
# "1" opens the interface with which public test suites drive issuer and verifier. It signs what it
# is given, with a key that belongs to no organisation.
VC_API = os.environ.get("GEZEL_VC_API", "") == "1"

# The largest thing a page takes is a package of 2 GB, with a form around it; more is not taken in.
LARGEST_REQUEST = 2 * 1024**3 + 1024**2
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o640

_mail = urlsplit(os.environ.get("GEZEL_MAIL_URL", ""))
if _mail.scheme in {"smtp", "smtps"}:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST = _mail.hostname or "localhost"
    EMAIL_PORT = _mail.port or (465 if _mail.scheme == "smtps" else 587)
    EMAIL_HOST_USER = _mail.username or ""
    EMAIL_HOST_PASSWORD = _mail.password or ""
    EMAIL_USE_SSL = _mail.scheme == "smtps"
    EMAIL_USE_TLS = _mail.scheme == "smtp" and EMAIL_HOST not in {"localhost", "127.0.0.1"}
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = DATA_DIR / "mail"
# One slow mail must not hold up a worker longer than its lease (`connect.actions.sending`).
EMAIL_TIMEOUT = 30
DEFAULT_FROM_EMAIL = f"Gezel <gezel@{urlsplit(BASE_URL).hostname}>"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"gezel": {"level": "INFO"}},
}
SILENCED_SYSTEM_CHECKS = ["security.W004", "security.W008"]  # TLS ends at the proxy
TEST_RUNNER = "django.test.runner.DiscoverRunner"
