"""Opens the line to the broker that the settings name."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from app.wiring import MissingSettingError
from drivers.mqtt import MqttLink, MqttSettings, TlsSettings
from kit.settings import Settings


def link_settings(settings: Settings) -> MqttSettings:
    """The line's settings: broker, session and what to listen to."""
    mqtt = settings.mqtt
    if mqtt.host is None:
        raise MissingSettingError(
            "REVERBERE_MQTT__HOST is missing; name your broker "
            "(or use 'reverbere run', which starts its own)"
        )
    tls = TlsSettings(mqtt.ca_file, mqtt.client_certificate_file, mqtt.client_key_file)
    return MqttSettings(
        host=mqtt.host,
        port=mqtt.port,
        client_id=mqtt.client_id,
        subscriptions=[settings.chirpstack.topic_filter],
        share_group=mqtt.shared_group,
        username=mqtt.username,
        password=mqtt.password.get_secret_value() if mqtt.password else None,
        tls=tls if mqtt.tls else None,
    )


def open_link(settings: Settings, now: Callable[[], datetime]) -> MqttLink:
    """The line uplinks come by; `async with` opens and closes it."""
    return MqttLink(link_settings(settings), now)


def open_order_link(settings: Settings, now: Callable[[], datetime]) -> MqttLink:
    """The line orders leave by, apart from the uplinks': when those pile up, the broker's answers
    to orders must not wait behind them."""
    uplinks = link_settings(settings)
    client_id = f"{uplinks.client_id}-orders"
    return MqttLink(replace(uplinks, client_id=client_id, subscriptions=(), share_group=None), now)
