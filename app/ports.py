"""Whether an address can be listened on, said before anything is started on it."""

import socket

from app.embedded.errors import EmbeddedServiceError


def refuse_taken_port(host: str, port: int) -> None:
    """Raise one sentence when another program listens there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise EmbeddedServiceError(
                f"Port {port} of {host} cannot be used ({error.strerror}): stop the program that "
                f"holds it, or choose another port, for example REVERBERE_HTTP__PORT={port + 1}."
            ) from error
