"""An embedded PostgreSQL: started, joined and stopped by us, on a Unix socket in its own folder.

The folder belongs to the account that runs the server and is closed to others; that is what guards
the passwordless socket. One process at a time owns the server (a file lock says who); others that
ask for it while it runs join it and leave it running. An owner that dies takes the server down with
it on Linux; what may still run, the next owner stops before it starts its own.
"""

import fcntl
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

from app.embedded.account import Account, own_folder, service_account
from app.embedded.binaries import PostgresBinaries, find_binaries, within_reach
from app.embedded.errors import EmbeddedServiceError
from app.embedded.postgres_failures import explain, has_survivors
from app.embedded.process import spawn

# The application's role: it owns its database, may create others (tests), and is no superuser, so
# that row-level security binds it as it would on a hosted server.
ROLE = "reverbere"
DATABASE = "reverbere"

# For one machine shared with the application, a broker and a console.
SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",  # an import or a month of telemetry without a checkpoint storm
    "checkpoint_timeout": "15min",
    "max_connections": "100",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "jit": "off",  # our queries are short; compiling them costs more than it saves
}

# An empty cluster with room for its first write-ahead logs.
FREE_BYTES_MIN = 300_000_000
# Recovery after a crash replays up to max_wal_size.
START_WAIT_S = 120
STOP_WAIT_S = 60
# From the end of the server to the removal of its pid file.
LEAVE_WAIT_S = 10
# The log starts afresh when it has grown beyond this.
LOG_BYTES_MAX = 10_000_000

# sockaddr_un.sun_path holds 104 bytes on macOS and 108 on Linux, with the closing zero.
_SOCKET_PATH_BYTES_MAX = 103
_SOCKET_NAME = ".s.PGSQL.5432"
_POLL_S = 0.02


class EmbeddedPostgres:
    """One PostgreSQL with its files in `folder`: `with EmbeddedPostgres(folder) as url: …`."""

    def __init__(self, folder: Path, *, settings: Mapping[str, str] | None = None) -> None:
        self.folder = folder.absolute()
        self.data = self.folder / "data"
        self.log = self.folder / "postgres.log"
        self._settings = {**SETTINGS, **(settings or {})}
        self._account: Account = service_account(self.folder)
        self.socket_folder = _socket_folder(self.folder)
        self._binaries: PostgresBinaries | None = None
        self._lock: int | None = None
        self._child: subprocess.Popen[bytes] | None = None
        self._log_from = 0

    @property
    def url(self) -> str:
        """The application's database."""
        return f"postgresql://{ROLE}@/{DATABASE}?host={quote(str(self.socket_folder))}"

    @property
    def pid(self) -> int | None:
        """Process id of the running server."""
        return int(self._pid_file()[0]) if self._is_ready() else None

    def start(self) -> str:
        """Start or join the server, also after it died; returns our database's address."""
        own_folder(self.folder, self._account)
        if self.socket_folder != self.folder:
            own_folder(self.socket_folder, self._account)
        if self._child is not None and self._child.poll() is not None:
            self._child = None
        try:
            self._wait_until_ready()
        except BaseException:
            self.stop()
            raise
        return self.url

    def stop(self) -> None:
        """Stop the server when it is ours; harmless when it is not running."""
        if self._lock is None:
            return
        self._stop_running()
        if self._child is not None:
            self._child.wait(STOP_WAIT_S)
            self._child = None
        os.close(self._lock)
        self._lock = None

    def __enter__(self) -> str:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _take_lock(self) -> bool:
        """Become the owner; the kernel frees the lock of an owner that died."""
        if self._lock is not None:
            return True
        handle = os.open(self.folder / "owner.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return False
        self._lock = handle
        return True

    def _find(self) -> PostgresBinaries:
        """The programs that fit our files, where our account can run them."""
        if self._binaries is None:
            version_file = self.data / "PG_VERSION"
            major = int(version_file.read_text()) if version_file.exists() else None
            self._binaries = within_reach(find_binaries(major), self._account, self.folder)
        return self._binaries

    def _initialise(self) -> None:
        """Make the database files, whole or not at all: a first start may be cut short."""
        if (self.data / "PG_VERSION").exists():
            return
        free_bytes = shutil.disk_usage(self.folder).free
        if free_bytes < FREE_BYTES_MIN:
            raise EmbeddedServiceError(
                f"Only {free_bytes // 1_000_000} MB are free on the disk of {self.folder} and the "
                f"database needs {FREE_BYTES_MIN // 1_000_000} MB: free some, or set "
                "REVERBERE_DATA_DIR to another disk."
            )
        partial = self.folder / "data.partial"
        shutil.rmtree(partial, ignore_errors=True)
        fsync = self._settings.get("fsync", "on")
        options = [*_initdb_options(self._find().major), *(["--no-sync"] if fsync == "off" else [])]
        self._run("initdb", "-D", str(partial), *options)
        create = f"CREATE ROLE {ROLE} LOGIN CREATEDB\nCREATE DATABASE {DATABASE} OWNER {ROLE}\n"
        careful = ["-cexit_on_error=on", f"-cfsync={fsync}"]
        self._run("postgres", "--single", "-D", str(partial), *careful, "postgres", text=create)
        partial.rename(self.data)

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_WAIT_S
        while time.monotonic() < deadline:
            if self._child is None and self._take_lock():
                self._stop_running()  # left behind by an owner that died
                self._initialise()
                self._spawn()
            if self._child is not None and self._child.poll() is not None:
                self._child = None
                text = self.log.read_bytes()[self._log_from :].decode(errors="replace")
                if not has_survivors(text):
                    raise EmbeddedServiceError(explain(text, self.folder, self.socket_folder))
            elif self._is_ready():
                return
            time.sleep(_POLL_S)
        raise EmbeddedServiceError(
            f"PostgreSQL in {self.folder} was not ready after {START_WAIT_S} s: see {self.log}."
        )

    def _stop_running(self) -> None:
        """End whatever serves our files and wait until it has let go of them.

        Only one that answers on our socket is asked: after a power cut, the number in its pid file
        may belong to a stranger.
        """
        if self._answers():
            wait = ["-w", "-t", str(STOP_WAIT_S)]
            self._call("pg_ctl", "stop", "-D", str(self.data), "-m", "fast", *wait)
        deadline = time.monotonic() + LEAVE_WAIT_S
        while any(map(_is_alive, self._pid_file()[:1])) and time.monotonic() < deadline:
            time.sleep(_POLL_S)

    def _spawn(self) -> None:
        self._log_from = self._trim_log()
        options = {**self._settings, "unix_socket_directories": f'"{self.socket_folder}"'}
        arguments = [f"-c{name}={value}" for name, value in options.items()]
        self._child = spawn(
            [self._find().tool("postgres"), "-D", str(self.data), *arguments],
            folder=self.folder,
            log=self.log,
            account=self._account,
            environment=self._environment(),
            death_signal=signal.SIGINT,  # PostgreSQL's fast shutdown
        )

    def _run(self, tool: str, *arguments: str, text: str = "") -> None:
        """Call one of PostgreSQL's programs, which must succeed."""
        code, output = self._call(tool, *arguments, text=text)
        if code != 0:
            raise EmbeddedServiceError(explain(output, self.folder, self.socket_folder))

    def _call(self, tool: str, *arguments: str, text: str = "") -> tuple[int, str]:
        answer = subprocess.run(
            [self._find().tool(tool), *arguments],
            cwd=self.folder,
            env=self._environment(),
            input=text.encode(),
            capture_output=True,
            **self._account.credentials(),
        )
        return answer.returncode, (answer.stdout + answer.stderr).decode(errors="replace")

    def _environment(self) -> dict[str, str]:
        """Nothing of ours leaks in; messages are in English because `explain` reads them."""
        return {"PATH": os.environ.get("PATH", ""), "HOME": str(self.folder), "LC_ALL": "C"}

    def _pid_file(self) -> list[str]:
        """What the server says about itself: process id first, state in the eighth line."""
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def _is_ready(self) -> bool:
        lines = self._pid_file()
        return len(lines) >= 8 and lines[7].strip() == "ready" and self._answers()

    def _answers(self) -> bool:
        """True when somebody listens on the socket, in whatever state."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            try:
                probe.connect(str(self.socket_folder / _SOCKET_NAME))
            except OSError:
                return False
        return True

    def _trim_log(self) -> int:
        """Where the next messages begin."""
        if not self.log.exists():
            return 0
        if self.log.stat().st_size > LOG_BYTES_MAX:
            self.log.write_bytes(b"")
        return self.log.stat().st_size


def _initdb_options(major: int) -> list[str]:
    """UTF-8 sorted by code point: the wheels carry no ICU, and the order never changes with libc.

    PostgreSQL 17 brings that order along; before, it comes from the system.
    """
    locale = ["--locale=C.UTF-8"]
    if major >= 17:
        locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return ["--username=postgres", "--auth=trust", "--encoding=UTF8", *locale]


def _socket_folder(folder: Path) -> Path:
    """`folder`, or a short private one when its name does not suit a socket.

    Too long for the kernel, or with marks that separate and quote folders in addresses.
    """
    fits = len(os.fsencode(folder / _SOCKET_NAME)) <= _SOCKET_PATH_BYTES_MAX
    if fits and not set(str(folder)) & set(",\"'"):
        return folder
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"reverbere-{digest}"


def _is_alive(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # alive, under another account
        return True
    return True
