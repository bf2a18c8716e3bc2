"""Everything on one machine: starts the services that the settings do not name."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from pydantic import SecretStr

from app.embedded.account import state_folder
from app.embedded.broker import BrokerAddress, best_broker
from app.embedded.postgres import EmbeddedPostgres
from kit.settings import Settings


@dataclass(frozen=True, slots=True)
class LocalServices:
    """The database and the broker to use, whether ours or outside."""

    database_url: str
    broker: BrokerAddress

    def environment(self) -> Mapping[str, str]:
        """How child processes are told."""
        return {
            "REVERBERE_DATABASE__URL": self.database_url,
            "REVERBERE_MQTT__HOST": self.broker.host,
            "REVERBERE_MQTT__PORT": str(self.broker.port),
        }

    def applied_to(self, settings: Settings) -> Settings:
        """The same settings, naming these services."""
        url = SecretStr(self.database_url)
        broker = {"host": self.broker.host, "port": self.broker.port}
        return settings.model_copy(
            update={
                "database": settings.database.model_copy(update={"url": url}),
                "mqtt": settings.mqtt.model_copy(update=broker),
            }
        )


@contextmanager
def local_database(settings: Settings) -> Iterator[str]:
    """The address of the configured database, or of our own while the block lasts."""
    if settings.database.url is not None:
        yield settings.database.url.get_secret_value()
        return
    with EmbeddedPostgres(state_folder(settings.data_dir) / "postgres") as url:
        yield url


@contextmanager
def local_broker(settings: Settings, *, port: int) -> Iterator[BrokerAddress]:
    """The configured broker, or our own while the block lasts; port 0 takes a free one."""
    if settings.mqtt.host is not None:
        yield BrokerAddress(settings.mqtt.host, settings.mqtt.port)
        return
    with best_broker(state_folder(settings.data_dir) / "broker", port=port) as address:
        yield address


@contextmanager
def local_services(settings: Settings, *, broker_port: int) -> Iterator[LocalServices]:
    """Database and broker, started here when the settings name none."""
    with ExitStack() as stack:
        url = stack.enter_context(local_database(settings))
        broker = stack.enter_context(local_broker(settings, port=broker_port))
        yield LocalServices(url, broker)
