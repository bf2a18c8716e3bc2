"""paho-mqtt on a socket read and written in bulk.

paho asks the socket for each byte of a packet's head: several system calls a message, each giving
up the interpreter's lock, and then a dozen objects. Here the bytes come in large pieces, paho is
given whole packets one at a time, and PUBLISH packets are not given to it at all. It keeps what
it is good at: sessions, resending, keep-alive, both protocol versions.
"""

import contextlib
import socket
import ssl
from collections.abc import Callable
from typing import Any

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from drivers.mqtt.packets import Span, find_packet

PIECE_BYTES = 256 * 1024
LINGER_S = 2.0  # for the broker to read our last words
_WOULD_BLOCK = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class BulkSocket:
    """A non-blocking stream socket with both directions buffered; one thread uses it."""

    def __init__(self, stream: socket.socket) -> None:
        self._stream = stream
        self._received = b""
        self._at = 0
        self._granted_end = 0
        self._unsent = bytearray()
        self.is_at_end = False
        self.lingers = False

    # What paho uses.

    def recv(self, buffer_size: int) -> bytes:
        """Bytes of the packet granted; at the end of the stream none, as sockets do."""
        piece = self._received[self._at : min(self._at + buffer_size, self._granted_end)]
        if not piece and not self.is_at_end:
            raise BlockingIOError
        self._at += len(piece)
        return piece

    def send(self, buffer: bytes | bytearray) -> int:
        """Takes all; `flush` sends."""
        self._unsent += buffer
        return len(buffer)

    def close(self) -> None:
        with contextlib.suppress(OSError):  # a last word to a line that may be gone already
            self.flush()
            if self.lingers:
                self._wait_for_the_end()
        self._stream.close()

    def _wait_for_the_end(self) -> None:
        """Reads on, for nothing, until the other side has read all we sent and closed.

        Closing at once would reset the line, and take acknowledgements back that are on it.
        """
        self._stream.shutdown(socket.SHUT_WR)
        self._stream.settimeout(LINGER_S)
        while self._stream.recv(PIECE_BYTES):
            pass

    def fileno(self) -> int:
        return self._stream.fileno()

    def setblocking(self, flag: bool) -> None:
        self._stream.setblocking(flag)

    # What the network thread uses.

    @property
    def received(self) -> bytes:
        return self._received

    @property
    def has_unsent(self) -> bool:
        return bool(self._unsent)

    @property
    def has_more_to_fill(self) -> bool:
        """True when TLS holds bytes that no selector will announce."""
        return isinstance(self._stream, ssl.SSLSocket) and self._stream.pending() > 0

    def fill(self) -> None:
        """Takes what has arrived, up to a piece; raises OSError when the line is broken."""
        pieces = [self._received[self._at :]]
        size = 0
        while size < PIECE_BYTES:
            try:
                piece = self._stream.recv(PIECE_BYTES)
            except _WOULD_BLOCK:
                break
            if not piece:
                self.is_at_end = True
                break
            pieces.append(piece)
            size += len(piece)
            if not self.has_more_to_fill:
                break
        self._received = b"".join(pieces)
        self._at = self._granted_end = 0

    def next_packet(self) -> Span | None:
        """The next complete packet, None when more bytes are needed."""
        return find_packet(self._received, self._at)

    def skip(self, span: Span) -> None:
        """The packet was read from `received`."""
        self._at = span.end

    def grant(self, span: Span) -> None:
        """The packet may be read by paho."""
        self._granted_end = span.end

    def flush(self) -> None:
        """Sends what the line takes now; raises OSError when it is broken."""
        while self._unsent:
            try:
                sent = self._stream.send(self._unsent)
            except _WOULD_BLOCK:
                return
            del self._unsent[:sent]


class BulkClient(Client):
    """paho's client on a `BulkSocket`: `_create_socket` is the one place where we reach into it."""

    def __init__(self, open_stream: Callable[[], socket.socket], **options: Any) -> None:
        super().__init__(CallbackAPIVersion.VERSION2, **options)
        self._open_stream = open_stream
        self.bulk: BulkSocket | None = None

    def _create_socket(self) -> BulkSocket:
        self.bulk = BulkSocket(self._open_stream())
        return self.bulk
