"""One codec put together from parts that each fulfil some of the abilities."""

from drivers.contract import PROTOCOLS


class Assembled:
    """Has the methods of its parts, and no others: its abilities are those of its parts."""

    def __init__(self, *parts: object) -> None:
        for protocol in PROTOCOLS.values():
            for part in parts:
                if isinstance(part, protocol):
                    self.__dict__.update({name: getattr(part, name) for name in _methods(protocol)})


def _methods(protocol: type) -> list[str]:
    return [name for name in vars(protocol) if not name.startswith("_")]
