"""Field networks: what devices say and are told, and nothing about lighting policy."""
