"""The energy ledger: every watt-hour of a light point's day measured, estimated or missing."""
