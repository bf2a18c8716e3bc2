"""Run everything on one machine: the server and a worker, on the configured database and broker.

Without REVERBERE_DATABASE__URL or REVERBERE_MQTT__HOST it starts its own in REVERBERE_DATA_DIR.
Ctrl-C stops all of it.
"""

import sys
from argparse import ArgumentParser, Namespace


def arguments(parser: ArgumentParser) -> None:
    del parser  # everything is a setting


def run(arguments: Namespace) -> int:
    del arguments
    from app.local import local_services
    from app.ports import refuse_taken_port
    from app.supervisor import Supervisor, interruptible
    from app.wiring import build_tokens
    from kit.settings import read_settings
    from migrations.run import upgrade

    settings = read_settings()
    build_tokens(settings)  # a missing secret is said before anything starts
    refuse_taken_port(settings.http.host, settings.http.port)
    try:
        with (
            interruptible(),
            local_services(settings, broker_port=settings.mqtt.port) as services,
            Supervisor(services.environment()) as supervisor,
        ):
            upgrade(services.database_url)
            supervisor.start("server", ["app", "serve"])
            supervisor.start("worker", ["app", "work"])
            ended = supervisor.wait()
            print(f"The {ended.name} ended by itself: everything is stopped.", file=sys.stderr)
            return 1
    except KeyboardInterrupt:
        return 0
