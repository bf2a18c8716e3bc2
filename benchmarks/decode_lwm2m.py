"""LwM2M messages decoded a second on one core, in each content format.

One message is a lamp's meter as devices report it: voltage, current, power, power factor, energy.
The bare limit is the parser of SenML-CBOR alone (cbor2), without meaning.

    python -m benchmarks.decode_lwm2m --seconds 2
"""

import argparse
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime

import cbor2

from drivers.lwm2m import content
from drivers.lwm2m.content import Format
from drivers.lwm2m.driver import UcifiLamp
from drivers.lwm2m.packet import Kind, pack
from drivers.lwm2m.paths import Path

AT = datetime(2026, 11, 20, 18, tzinfo=UTC)
METER = Path(3418, 0)
VALUES = {1: 230.5, 2: 0.28, 4: 61.25, 5: 0.96, 6: 123456.5}
FORMATS = (Format.TLV, Format.SENML_CBOR, Format.SENML_JSON)
LOOPS = 1000


def per_second(work: Callable[[], object], seconds: float) -> float:
    """How often a second of processor time `work` is done."""
    done, start = 0, time.process_time()
    while (spent := time.process_time() - start) < seconds:
        for _ in range(LOOPS):
            work()
        done += LOOPS
    return done / spent


def main() -> None:
    """Measure and print; the last line is the result as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=2.0, help="for each format")
    seconds = parser.parse_args().seconds
    codec = UcifiLamp()
    values = [(METER.child(resource_id), value) for resource_id, value in VALUES.items()]
    rates = {}
    for form in FORMATS:
        frame = pack(Kind.VALUE, METER, form, content.write(form, METER, values))
        rates[form] = per_second(
            lambda said=frame: codec.decode_uplink(*said, AT),  # type: ignore[misc]
            seconds,
        )
        print(f"{form.name.lower():<11} {rates[form]:>9,.0f} messages/s, {len(values)} values each")
    body = content.write(Format.SENML_CBOR, METER, values)
    bare = per_second(lambda: cbor2.loads(body), seconds)
    print(
        json.dumps(
            {
                "id": "decode lwm2m",
                "value": round(rates[Format.SENML_CBOR]),
                "unit": "messages/s",
                "bare_limit": round(bare),
                "ratio": round(rates[Format.SENML_CBOR] / bare, 3),
            }
        )
    )


if __name__ == "__main__":
    main()
