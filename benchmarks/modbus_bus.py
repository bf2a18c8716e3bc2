"""How long a command waits on a bus that is polled as fast as it goes, one of its devices dead.

A pymodbus server stands for the gateway, on loopback, in a process of its own; our link polls its
devices without pause. Commands are written in between, one at a time. The bare limit is the same
write on an idle bus. The value is the 99th percentile of a command's time; a command must never
wait longer than two seconds behind a reading.

    python -m benchmarks.modbus_bus --commands 500
"""

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from drivers.contract import PortFrame
from drivers.modbus import (
    Block,
    BusLimits,
    Function,
    LinkSettings,
    ModbusLink,
    Read,
    RegisterUnit,
    TcpEndpoint,
    Unit,
    Write,
)
from drivers.modbus.registers import ORDER_PORT
from simulator.modbus import server
from simulator.modbus.memory import Space, UnitMemory

ALIVE = range(1, 21)
DEAD = 99
REGISTERS = 50
PORT_WORD = "listening on "
COMMAND_WAIT_MAX_S = 2.0
# The dead device is asked again this often: far more than it would be in service.
LIMITS = BusLimits(rest_first_s=2.0, rest_max_s=2.0)


def main() -> None:
    """The command line; as `--serve`, the gateway."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--commands", type=int, default=500)
    parser.add_argument("--serve", action="store_true")
    arguments = parser.parse_args()
    if arguments.serve:
        asyncio.run(serve())
        return
    command = [sys.executable, "-m", "benchmarks.modbus_bus", "--serve"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as gateway:
        try:
            assert gateway.stdout is not None
            port = int(gateway.stdout.readline().removeprefix(PORT_WORD))
            result = asyncio.run(measure(port, arguments.commands))
        finally:
            gateway.terminate()
    print(json.dumps(result))


async def serve() -> None:
    """A gateway with twenty devices; the dead one it does not know."""
    memories = {number: UnitMemory() for number in ALIVE}
    for memory in memories.values():
        memory.put(Space.INPUT_REGISTERS, 0, [0] * REGISTERS)
        memory.put(Space.COILS, 0, [0] * 8)
    async with server.tcp(memories) as peer:
        print(f"{PORT_WORD}{peer.port}", flush=True)
        await asyncio.Event().wait()


async def measure(port: int, commands: int) -> dict[str, object]:
    """Commands on an idle bus, then on a busy one."""
    idle_s = await waits_s(port, commands, {number: RegisterUnit([]) for number in ALIVE})
    block = Block(1, Read(Function.READ_INPUT_REGISTERS, 0, REGISTERS), period_s=0.001)
    units: dict[int, Unit] = {number: RegisterUnit([block]) for number in (*ALIVE, DEAD)}
    busy_s = await waits_s(port, commands, units)
    bare_s, value_s = p99(idle_s), p99(busy_s)
    assert max(busy_s) < COMMAND_WAIT_MAX_S, f"a command took {max(busy_s):.2f} s"
    return {
        "id": "command on a busy Modbus bus, p99",
        "value": round(value_s * 1000, 2),
        "unit": "ms",
        "bare_limit": round(bare_s * 1000, 2),
        "ratio": round(value_s / bare_s, 2),
        "longest_ms": round(max(busy_s) * 1000, 1),
        "median_ms": round(statistics.median(busy_s) * 1000, 2),
    }


async def waits_s(port: int, commands: int, units: dict[int, Unit]) -> list[float]:
    """How long each command took, while these units are polled."""
    settings = LinkSettings("bench", TcpEndpoint("127.0.0.1", port), LIMITS)
    async with ModbusLink(settings, units, lambda: datetime.now(UTC)) as link:
        polled = asyncio.create_task(count(link))
        taken = []
        started = time.perf_counter()
        for number in range(commands):
            unit = ALIVE[number % len(ALIVE)]
            write = Write(Function.WRITE_COIL, 0, (0xFF00 if number % 2 else 0,))
            order = PortFrame(ORDER_PORT, write.encode())
            begun = time.perf_counter()
            await link.send(f"bench/{unit}", order, order_id=str(number), expires_at=None)
            taken.append(time.perf_counter() - begun)
            await asyncio.sleep(0.01)
        polled.cancel()
        await asyncio.gather(polled, return_exceptions=True)
        print(f"{commands} commands in {time.perf_counter() - started:.1f} s", flush=True)
    return taken


async def count(link: ModbusLink) -> None:
    """Take what was polled, as the store would, and say how much it was."""
    begun, blocks = time.perf_counter(), 0
    try:
        async for batch in link.batches(1000, timedelta(milliseconds=100)):
            blocks += len(batch.frames)
            batch.acknowledge()
    finally:
        print(f"{blocks / (time.perf_counter() - begun):,.0f} blocks polled a second", flush=True)


def p99(values: Sequence[float]) -> float:
    """The 99th percentile."""
    return statistics.quantiles(values, n=100)[98]


if __name__ == "__main__":
    main()
