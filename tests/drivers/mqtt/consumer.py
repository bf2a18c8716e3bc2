"""A consumer that takes frames and never acknowledges any: it is there to be killed.

Called with host, port, client id, topic filter and protocol version; prints how many it has.
"""

import asyncio
import sys
from datetime import timedelta

from drivers.mqtt import MqttLink, MqttSettings, MqttVersion


async def consume(host: str, port: str, client_id: str, topics: str, version: str) -> None:
    settings = MqttSettings(
        host=host,
        port=int(port),
        client_id=client_id,
        subscriptions=[topics],
        version=MqttVersion(version),
    )
    async with MqttLink(settings) as link:
        await link.ready()
        sys.stdout.write("0\n")
        sys.stdout.flush()
        taken = 0
        async for batch in link.batches(max_count=100, max_wait=timedelta(milliseconds=5)):
            taken += len(batch.frames)
            sys.stdout.write(f"{taken}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(consume(*sys.argv[1:]))
