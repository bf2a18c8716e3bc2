"""DALI gateways that speak Modbus: one that carries frames unchanged, two that show registers."""
