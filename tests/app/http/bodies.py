"""Valid request bodies made from the API's own description, so that a refusal is about access."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

INSTANT, DAY, MONTH = "2026-11-19T20:00:00Z", "2026-11-19", "2026-10"


class Bodies:
    """Fills the schemas of one description; identifiers are taken by the name of their field."""

    def __init__(self, description: Mapping[str, Any], ids: Mapping[str, UUID]) -> None:
        self._schemas = description["components"]["schemas"]
        self._ids = ids

    def fill(self, schema: Mapping[str, Any], name: str = "") -> Any:
        """A value the schema accepts: what is required, as short as allowed."""
        schema = self._resolved(schema)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return schema["enum"][0]
        for choice in ("anyOf", "oneOf", "allOf"):
            if choice in schema:
                return self.fill(schema[choice][0], name)
        return self._of_type(schema, name)

    def _of_type(self, schema: Mapping[str, Any], name: str) -> Any:
        match schema.get("type"):
            case "object":
                required = schema.get("required", ())
                properties = schema.get("properties", {})
                return {key: self.fill(properties[key], key) for key in required}
            case "array":
                wanted = max(int(schema.get("minItems", 0)), 1 if name.endswith("_ids") else 0)
                return [self.fill(schema["items"], name.removesuffix("s"))] * wanted
            case "string":
                return self._text(schema, name)
            case "integer" | "number":
                return schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1)
            case "boolean":
                return True
        return "x"

    def _text(self, schema: Mapping[str, Any], name: str) -> str:
        match schema.get("format"):
            case "uuid":
                return str(self._ids[name])
            case "date-time":
                return INSTANT
            case "date":
                return DAY
        if name == "month":
            return MONTH
        if name == "timezone":
            return "Europe/Paris"
        return "x" * max(int(schema.get("minLength", 0)), 10)

    def _resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        reference = schema.get("$ref")
        if reference is None:
            return schema
        found: Mapping[str, Any] = self._schemas[reference.rsplit("/", 1)[1]]
        return found
