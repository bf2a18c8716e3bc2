"""Opens the stream to a broker: TCP, and TLS on it when asked for."""

import socket
import ssl

from drivers.mqtt.settings import MqttSettings, TlsSettings

CONNECT_TIMEOUT_S = 5.0


def open_stream(settings: MqttSettings) -> socket.socket:
    """A connected stream; raises OSError, with the certificate's fault if it is one."""
    stream = socket.create_connection((settings.host, settings.port), timeout=CONNECT_TIMEOUT_S)
    try:
        stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # we send in bulk ourselves
        if settings.tls is not None:
            context = _context(settings.tls)
            return context.wrap_socket(stream, server_hostname=settings.host)
    except BaseException:
        stream.close()
        raise
    return stream


def _context(tls: TlsSettings) -> ssl.SSLContext:
    """The broker must be known to the authority and bear the name we call it by."""
    context = ssl.create_default_context(cafile=tls.ca_file)
    if tls.certificate_file is not None:
        context.load_cert_chain(tls.certificate_file, tls.key_file)
    return context
