"""The named readers a layout may refer to, for records that fields cannot describe."""

from collections.abc import Mapping

from drivers.layouts import Reader
from drivers.lorawan.milesight_stored import read_stored_inputs, read_stored_registers

READERS: Mapping[str, Reader] = {
    "milesight_stored_inputs": read_stored_inputs,
    "milesight_stored_registers": read_stored_registers,
}
