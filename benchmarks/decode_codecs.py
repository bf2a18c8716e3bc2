"""Frames a second on one core, for the codec of every profile, over its recorded frames.

The bare limit is what the same answers cost when nothing has to be read: their values are at hand,
only the structs are made. The last line tells of the slowest codec.

    python -m benchmarks.decode_codecs --seconds 0.5
"""

import argparse
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime

from drivers import profiles
from drivers.contract import Decoded, DeviceEvent, Measurement

AT = datetime(2026, 10, 24, 18, 30, tzinfo=UTC)
ROUNDS = 5
FRAMES_PER_LOOK = 1000


def main() -> None:
    """Measure every codec and print; the last line is the result as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=0.5, help="for each codec and each round")
    seconds = parser.parse_args().seconds
    measured = {name: measure(name, seconds) for name in profiles.names() if profiles.frames(name)}
    slowest = min(measured, key=lambda name: measured[name][0])
    per_s, bare_per_s = measured[slowest]
    print(
        json.dumps(
            {
                "id": f"decode {slowest}",
                "value": round(per_s),
                "unit": "frames/s",
                "bare_limit": round(bare_per_s),
                "ratio": round(per_s / bare_per_s, 3),
            }
        )
    )


def measure(name: str, seconds: float) -> tuple[float, float]:
    """Frames a second of this codec, and of making its answers alone."""
    codec = profiles.listener(name)
    heard = [(frame.port, bytes.fromhex(frame.hex)) for frame in profiles.frames(name)]
    answers = [codec.decode_uplink(port, payload, AT) for port, payload in heard]

    def decode() -> None:
        for port, payload in heard:
            codec.decode_uplink(port, payload, AT)

    def make() -> None:
        for answer in answers:
            _made_again(answer)

    per_s, bare_per_s = (best(work, len(heard), seconds) for work in (decode, make))
    kind = profiles.load(name).codec.kind
    values = sum(len(answer.readings) for answer in answers) / len(answers)
    print(
        f"{name:<28} {kind:<10} {per_s:>9,.0f} frames/s, {values:4.1f} values a frame,"
        f" {per_s / bare_per_s:.2f} of making them",
        flush=True,
    )
    return per_s, bare_per_s


def _made_again(answer: Decoded) -> Decoded:
    readings = [
        Measurement(one.quantity, one.value, one.measured_at, one.channel)
        for one in answer.readings
    ]
    events = [DeviceEvent(one.kind, one.at, one.detail) for one in answer.events]
    return Decoded(readings, events, list(answer.acknowledgements))


def best(work: Callable[[], None], count: int, seconds: float) -> float:
    """Frames a second of processor time in the best of a few rounds: others share the cores."""
    return max(_round(work, count, seconds / ROUNDS) for _ in range(ROUNDS))


def _round(work: Callable[[], None], count: int, seconds: float) -> float:
    turns = max(1, FRAMES_PER_LOOK // count)
    done, began = 0, time.process_time()
    while True:
        for _ in range(turns):
            work()
        done += turns * count
        spent_s = time.process_time() - began
        if spent_s >= seconds:
            return done / spent_s


if __name__ == "__main__":
    main()
