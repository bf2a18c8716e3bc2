"""What tests ask about processes of this machine."""

import os
import subprocess
from pathlib import Path


def is_alive(pid: int) -> bool:
    """True until the process has ended; one that nobody has buried yet has ended."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not (status.exists() and ") Z " in status.read_text())


def descendants(pid: int) -> set[int]:
    """Every process below `pid`."""
    table = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True
    )
    parent_of = dict(tuple(map(int, line.split())) for line in table.stdout.splitlines())
    found: set[int] = set()
    below = {pid}
    while below:
        below = {child for child, parent in parent_of.items() if parent in below} - found
        found |= below
    return found
