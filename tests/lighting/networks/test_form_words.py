"""The console has words for every setting that a network may be asked for."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from lighting.networks.forms import FieldType, FormField, form_of
from lighting.networks.model import NetworkKind

WORDS = Path(__file__).parents[3] / "console/src/i18n/fr/networks.ts"


def asked(fields: Iterable[FormField]) -> Iterator[FormField]:
    for field in fields:
        yield field
        yield from asked(field.fields)


@pytest.mark.parametrize("kind", NetworkKind)
def test_every_setting_has_its_name_and_its_sentence(kind: NetworkKind) -> None:
    words = WORDS.read_text(encoding="utf-8")
    wanted = {f"network.kind.{kind.value}", f"network.about.{kind.value}"}
    for field in asked(form_of(kind)):
        wanted |= {f"network.field.{field.name}", f"network.help.{field.name}"}
        if field.type is FieldType.CHOICE:
            wanted |= {f"network.choice.{choice}" for choice in field.choices}
    missing = sorted(key for key in wanted if f'"{key}":' not in words)
    assert not missing, f"tell them in console/src/i18n/*/networks.ts: {missing}"
