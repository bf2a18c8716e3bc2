"""The estate and its light: registry, telemetry, faults, energy, control, contracts, reports."""
