"""Run migrations from code: the command line, the demo and the tests."""

from pathlib import Path

from alembic import command
from alembic.config import Config

from kit.db.database import async_url

HERE = Path(__file__).parent


def config(url: str) -> Config:
    """Alembic's configuration for one database."""
    configuration = Config(HERE / "alembic.ini")
    configuration.attributes["url"] = async_url(url)
    return configuration


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the schema of `url` up to `revision`. Not to be called inside a running event loop."""
    command.upgrade(config(url), revision)


def downgrade(url: str, revision: str) -> None:
    """Take the schema back, for tests; production only goes forward."""
    command.downgrade(config(url), revision)
