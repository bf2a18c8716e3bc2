"""A serial line without a cable: two pseudo-terminals, what is written to one is read from the
other."""

import asyncio
import os
import tty
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def serial_line() -> Iterator[tuple[str, str]]:
    """The devices at both ends; belongs to the running event loop."""
    loop = asyncio.get_running_loop()
    (near, near_end), (far, far_end) = os.openpty(), os.openpty()
    for end in (near_end, far_end):
        tty.setraw(end)
    loop.add_reader(near, lambda: os.write(far, os.read(near, 4096)))
    loop.add_reader(far, lambda: os.write(near, os.read(far, 4096)))
    try:
        yield os.ttyname(near_end), os.ttyname(far_end)
    finally:
        for descriptor in (near, far):
            loop.remove_reader(descriptor)
        for descriptor in (near, far, near_end, far_end):
            os.close(descriptor)
