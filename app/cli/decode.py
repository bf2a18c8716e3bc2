"""What a device says in one frame, as JSON.

Example: reverbere decode --profile nas/ul20xx --port 23 01f37f205e8244320916200701d2029455…
"""

import json
from argparse import ArgumentParser, ArgumentTypeError, Namespace


def payload(text: str) -> bytes:
    """Bytes from hexadecimal digits; blanks between them are allowed."""
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise ArgumentTypeError("write the frame in hexadecimal, two digits a byte") from error


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--profile", required=True, help="device profile, for example nas/ul20xx")
    parser.add_argument(
        "--port", type=int, required=True, help="LoRaWAN FPort, Modbus block or LwM2M object"
    )
    parser.add_argument("frame", type=payload, metavar="HEX", help="payload in hexadecimal")


def run(arguments: Namespace) -> int:
    from drivers.profiles import decode_as_json

    answer = decode_as_json(arguments.profile, arguments.port, arguments.frame)
    print(json.dumps(answer, ensure_ascii=False, indent=2))
    return 0
