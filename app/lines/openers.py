"""How the line of each kind of network is opened; ChirpStack's is the broker's, open always."""

from collections.abc import Mapping

from app.lines import cellular_mqtt, lunatone, lwm2m, modbus, oslp, the_things_stack
from app.lines.line import Opener
from lighting.networks.model import NetworkKind

OPENERS: Mapping[NetworkKind, Opener] = {
    NetworkKind.THE_THINGS_STACK: the_things_stack.open_line,
    NetworkKind.MODBUS: modbus.open_line,
    NetworkKind.LUNATONE: lunatone.open_line,
    NetworkKind.LWM2M: lwm2m.open_line,
    NetworkKind.OSLP: oslp.open_line,
    NetworkKind.CELLULAR_MQTT: cellular_mqtt.open_line,
}
