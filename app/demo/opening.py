"""Opens the demo: services, city, server, worker and simulated devices, and says where it is."""

import json
import os
import secrets
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from app.demo.districts import OSLP_SECRET
from app.demo.model import DemoCity, DemoOptions
from app.demo.start import start
from app.embedded.account import state_folder
from app.embedded.errors import EmbeddedServiceError
from app.local import local_services
from app.probe import is_ready, reachable_host
from app.supervisor import Child, Supervisor
from kit.settings import Settings
from migrations.run import upgrade

# Tells one calm line to the person who waits.
Say = Callable[[str], None]

SERVER_WAIT_S = 60
_LOOK_EVERY_S = 0.1


def open_city(settings: Settings, options: DemoOptions, say: Say) -> Child:
    """Start everything, tell where it is, and wait; leaves with the child that ended too soon."""
    folder = state_folder(settings.data_dir)
    logs = folder / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    say("Starting the database and the broker…")
    with local_services(settings, broker_port=0) as services:
        settings = services.applied_to(settings)
        upgrade(services.database_url)
        city = start(settings, folder, say, options)
        environment = {**services.environment(), **_environment(city, folder)}
        with Supervisor(environment) as supervisor:
            supervisor.start("server", ["app", "serve"], log=logs / "server.log")
            supervisor.start("worker", ["app", "work"], log=logs / "worker.log")
            if city.field:
                supervisor.start("simulated field", city.field, log=logs / "field.log")
            ended = _wait_for_server(supervisor, settings)
            if ended is None:
                _welcome(city, settings, logs, say)
            return ended or supervisor.wait()


def _environment(city: DemoCity, folder: Path) -> Mapping[str, str]:
    """What makes a process of ours part of the demo."""
    environment = {
        "REVERBERE_DEMO": "true",
        "REVERBERE_DATA_DIR": str(folder),
        "REVERBERE_SECURITY__TOKEN_KEY": _kept(folder / "token-key", _token_key),
        "REVERBERE_NETWORK_SECRETS": json.dumps(
            {OSLP_SECRET: _kept(folder / "oslp-key", _platform_key)}
        ),
    }
    if city.clock is not None:
        environment["REVERBERE_CLOCK"] = city.clock.model_dump_json()
    return environment


def _kept(file: Path, make: Callable[[], str]) -> str:
    """A secret of this demo, made at its first start: who has signed in stays signed in."""
    if not file.exists():
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as written:
            written.write(make())
    return file.read_text()


def _token_key() -> str:
    return secrets.token_urlsafe(48)


def _platform_key() -> str:
    """What the OSLP platform of the demo signs with."""
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def _wait_for_server(supervisor: Supervisor, settings: Settings) -> Child | None:
    """Wait until the server can serve; a child that ends before is handed back."""
    deadline = time.monotonic() + SERVER_WAIT_S
    while not is_ready(reachable_host(settings.http.host), settings.http.port):
        ended = supervisor.first_ended()
        if ended is not None:
            return ended
        if time.monotonic() > deadline:
            raise EmbeddedServiceError(f"The server was not ready after {SERVER_WAIT_S} s.")
        time.sleep(_LOOK_EVERY_S)
    return None


def _welcome(city: DemoCity, settings: Settings, logs: Path, say: Say) -> None:
    host, port = reachable_host(settings.http.host), settings.http.port
    say(f"\nRéverbère is open at http://{host}:{port}/\n")
    width = max(len(account.email) for account in city.accounts)
    for account in city.accounts:
        say(f"  {account.email:<{width}}  {account.password}  {account.title}")
    say(f"\nWhat the processes say is in {logs}. Ctrl-C stops everything.")
