"""When the Sun rises and sets at a place on a day, with civil twilights, as JSON (UTC).

Example: reverbere sun --lat 48.86 --lon 2.35 --date 2026-06-21
"""

import json
from argparse import ArgumentParser, Namespace
from datetime import date


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--lat", type=float, required=True, help="degrees, north positive")
    parser.add_argument("--lon", type=float, required=True, help="degrees, east positive")
    parser.add_argument("--date", type=date.fromisoformat, required=True, help="YYYY-MM-DD")
    parser.add_argument("--timezone", help="whose day it is, for example Europe/Paris")


def run(arguments: Namespace) -> int:
    from schedules.sun import day_as_json

    day = day_as_json(arguments.lat, arguments.lon, arguments.date, arguments.timezone)
    print(json.dumps(day, ensure_ascii=False, indent=2))
    return 0
