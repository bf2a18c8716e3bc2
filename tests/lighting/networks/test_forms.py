"""A form asks for every setting of its kind, as the settings themselves say."""

import pytest

from lighting.networks.forms import FieldType, FormField, form_of
from lighting.networks.kinds import SETTINGS
from lighting.networks.model import NetworkKind


def field(kind: NetworkKind, name: str) -> FormField:
    return next(one for one in form_of(kind) if one.name == name)


@pytest.mark.parametrize("kind", NetworkKind)
def test_every_setting_is_asked_for(kind: NetworkKind) -> None:
    assert [one.name for one in form_of(kind)] == list(SETTINGS[kind].model_fields)


def test_what_is_asked_for_has_the_bounds_of_the_settings() -> None:
    port = field(NetworkKind.THE_THINGS_STACK, "port")
    assert (port.type, port.default, port.least, port.most) == (
        *(FieldType.NUMBER, 8883),
        *(1, 65_535),
    )
    assert field(NetworkKind.THE_THINGS_STACK, "host").is_required
    assert field(NetworkKind.THE_THINGS_STACK, "tls").type is FieldType.YES_NO
    assert field(NetworkKind.MODBUS, "parity").choices == ("N", "E", "O")


def test_a_secret_is_asked_for_by_name_and_devices_of_a_bus_in_rows() -> None:
    assert field(NetworkKind.CHIRPSTACK, "secret").type is FieldType.SECRET
    units = field(NetworkKind.MODBUS, "units")
    assert units.type is FieldType.ROWS
    assert {one.name: one.type for one in units.fields} == {
        "unit": FieldType.NUMBER,
        "profile": FieldType.PROFILE,
    }
