"""Settings, grouped, read once in `app/` from the environment (`REVERBERE_…`) and passed down.

`REVERBERE_DATABASE__URL` sets `Settings.database.url`; a `.env` file is not read, secrets may come
as files in the folder named by `REVERBERE_SECRETS_DIR`.
"""

import os
from datetime import timedelta
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, BaseModel, Field, SecretStr
from pydantic_settings import (
    BaseSettings,
    NestedSecretsSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)


class DatabaseSettings(BaseModel):
    """PostgreSQL 15 or later. Without `url`, the application starts its own in `data_dir`."""

    url: SecretStr | None = None
    pool_size: int = Field(default=10, ge=1, le=200)


class MqttSettings(BaseModel):
    """The broker that field networks publish to. Without `host`, the application starts its own."""

    host: str | None = None
    port: int = Field(default=1883, ge=1, le=65535)
    username: str | None = None
    password: SecretStr | None = None
    tls: bool = False
    ca_file: Path | None = None
    client_certificate_file: Path | None = None
    client_key_file: Path | None = None
    client_id: str = "reverbere-ingest"
    shared_group: str | None = Field(
        default=None, description="set it when several workers share the uplinks: $share/<group>/…"
    )


class ChirpStackSettings(BaseModel):
    """LoRaWAN network servers (ChirpStack 4) that speak through the broker."""

    topic_filter: str = "application/+/device/+/event/+"


class SecuritySettings(BaseModel):
    """Secrets of the application; `token_key` signs access tokens (HS256, 32 bytes or more)."""

    token_key: SecretStr | None = Field(default=None)
    token_lifetime: timedelta = timedelta(hours=8)


class HttpSettings(BaseModel):
    """Where the API and the console are served."""

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)


class IngestSettings(BaseModel):
    """Bounds of one batch of uplinks: by count and by time, whichever comes first."""

    batch_max_count: int = Field(default=5000, ge=1, le=50_000)
    batch_max_wait: timedelta = timedelta(milliseconds=200)


class RetentionSettings(BaseModel):
    """How long things are kept."""

    reading_months: int = Field(default=120, ge=1)
    quarantine_days: int = Field(default=400, ge=1)


class ClockSettings(BaseModel):
    """An accelerated clock, for demonstrations only: it showed `origin` when the machine's clock
    showed `started_at`, and runs `speed` times as fast."""

    origin: AwareDatetime
    started_at: AwareDatetime
    speed: float = Field(default=1.0, gt=0, le=10_000)


class LogSettings(BaseModel):
    """How the processes speak."""

    json_lines: bool = False
    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"


class Settings(BaseSettings):
    """All settings of one process."""

    model_config = SettingsConfigDict(
        env_prefix="REVERBERE_",
        env_nested_delimiter="__",
        secrets_nested_delimiter="__",
        secrets_dir_missing="error",
        extra="forbid",
    )

    data_dir: Path = Path("var")
    demo: bool = False
    database: DatabaseSettings = DatabaseSettings()
    mqtt: MqttSettings = MqttSettings()
    chirpstack: ChirpStackSettings = ChirpStackSettings()
    security: SecuritySettings = SecuritySettings()
    http: HttpSettings = HttpSettings()
    ingest: IngestSettings = IngestSettings()
    retention: RetentionSettings = RetentionSettings()
    log: LogSettings = LogSettings()
    clock: ClockSettings | None = None
    network_secrets: dict[str, SecretStr] = Field(
        default_factory=dict, description="secrets of field networks, by the name these give them"
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Environment first, then one file a secret, named like the variable it stands for."""
        return init_settings, env_settings, NestedSecretsSettingsSource(file_secret_settings)


def read_settings() -> Settings:
    """Read the environment once; called from `app/` only."""
    secrets_dir = os.environ.get("REVERBERE_SECRETS_DIR")
    return Settings(_secrets_dir=secrets_dir) if secrets_dir else Settings()
