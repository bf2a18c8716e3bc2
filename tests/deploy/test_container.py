"""The image and the compose file say what is true: files and settings exist, secrets are given."""

import re
from collections.abc import Iterator

import pytest
import yaml
from pydantic import BaseModel

from kit.settings import Settings
from tests.architecture.source import PACKAGES, ROOT

DOCKERFILE = (ROOT / "Dockerfile").read_text()
IGNORED = (ROOT / ".dockerignore").read_text().splitlines()
COMPOSE = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())


def copied() -> list[str]:
    """What the image takes from the checkout."""
    lines = re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE)
    return [source.rstrip("/") for line in lines for source in line.split()[:-1]]


def setting_names(model: type[BaseModel], prefix: str = "REVERBERE_") -> Iterator[str]:
    """Every variable that sets something."""
    for name, field in model.model_fields.items():
        variable = f"{prefix}{name.upper()}"
        yield variable
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from setting_names(field.annotation, f"{variable}__")


@pytest.mark.parametrize("source", copied())
def test_what_the_image_copies_exists_and_reaches_the_builder(source: str) -> None:
    assert (ROOT / source).exists()
    assert any(line in (f"!{source}", f"!{source.split('/')[0]}/") for line in IGNORED)


def test_the_image_holds_all_our_packages() -> None:
    assert {*PACKAGES, "migrations"} <= set(copied())


def test_the_image_does_not_run_as_root() -> None:
    final_stage = DOCKERFILE.rpartition("\nFROM ")[2]
    assert re.search(r"^USER (?!root)\w+$", final_stage, re.MULTILINE)


def test_every_setting_named_is_a_setting() -> None:
    known = {*setting_names(Settings), "REVERBERE_SECRETS_DIR"}
    texts = [DOCKERFILE, (ROOT / "deploy" / "compose.yaml").read_text()]
    named = {name for text in texts for name in re.findall(r"\bREVERBERE_[A-Z_]+\b", text)}
    assert named - known == set()


def test_no_secret_has_a_default() -> None:
    assert all(secret["file"].startswith("./secrets/") for secret in COMPOSE["secrets"].values())
    written = (ROOT / "deploy" / "compose.yaml").read_text()
    assert not re.search(r"(?:PASSWORD|TOKEN_KEY|URL): (?!/run/secrets/)", written)


@pytest.mark.parametrize("service", COMPOSE["services"])
def test_a_service_uses_declared_secrets_and_volumes_only(service: str) -> None:
    described = COMPOSE["services"][service]
    secrets = [
        secret if isinstance(secret, str) else secret["source"]
        for secret in described.get("secrets", [])
    ]
    assert set(secrets) <= set(COMPOSE["secrets"])
    for volume in described.get("volumes", []):
        source = volume.split(":")[0]
        declared = source in COMPOSE["volumes"]
        assert declared or (ROOT / "deploy" / source).exists()
