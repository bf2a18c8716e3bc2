"""Asks a server whether it is ready; as a program, the health check of the container."""

import http.client
import sys

from kit.settings import read_settings

TIMEOUT_S = 4


def is_ready(host: str, port: int) -> bool:
    """True when the server answers that it can serve."""
    connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_S)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def reachable_host(host: str) -> str:
    """The address to reach a server that may listen everywhere."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)


if __name__ == "__main__":
    settings = read_settings().http
    sys.exit(0 if is_ready(reachable_host(settings.host), settings.port) else 1)
