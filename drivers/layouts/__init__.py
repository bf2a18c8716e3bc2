"""Codecs written as data: what stands at which byte, up and down.

A profile says it in its YAML (`codec: {layout: …}`, the shapes of `model`); `compile_layout` turns
it once into a decoder and an encoder. There are no expressions: what these words cannot say is
named Python: a reader of one record, or a driver.
"""

from drivers.layouts.compile import Library, compile_layout
from drivers.layouts.frames import Reader
from drivers.layouts.model import Layout, LayoutError, Record

__all__ = ["Layout", "LayoutError", "Library", "Reader", "Record", "compile_layout"]
