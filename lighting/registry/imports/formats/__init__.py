"""From the bytes of a file to rows of texts, whatever its format; hostile files are refused."""

from lighting.registry.imports.formats.opening import read_rows

__all__ = ["read_rows"]
