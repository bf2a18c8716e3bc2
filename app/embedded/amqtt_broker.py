"""The fallback broker as a program: `python -m app.embedded.amqtt_broker 127.0.0.1:1883`."""

import asyncio
import signal
import sys

from amqtt.broker import Broker

# Sessions of clients that went away are kept this long.
SESSION_EXPIRY_S = 3600


def configuration(bind: str) -> dict[str, object]:
    """Loopback, open to this machine, quiet."""
    return {
        "listeners": {"default": {"type": "tcp", "bind": bind}},
        "session_expiry_interval": SESSION_EXPIRY_S,
        "plugins": {
            "amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True},
        },
    }


async def serve(bind: str) -> None:
    """Run until asked to end."""
    loop = asyncio.get_running_loop()
    asked_to_end = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, asked_to_end.set)
    broker = Broker(configuration(bind))
    await broker.start()
    await asked_to_end.wait()
    await broker.shutdown()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1]))
