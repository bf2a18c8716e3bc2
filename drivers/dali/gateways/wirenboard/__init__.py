"""Wiren Board WB-DALI, which carries frames unchanged."""
