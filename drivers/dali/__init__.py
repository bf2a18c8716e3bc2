"""DALI (IEC 62386) and D4i: frames, levels, status and memory banks of control gear.

Everything here but `line`, `gear` and `rounds` is pure. Gateways bring the frames to the bus: see
`drivers.lunatone` and, over Modbus, `drivers.dali.wirenboard` and its neighbours.
"""
