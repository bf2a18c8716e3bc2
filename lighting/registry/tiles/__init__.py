"""The estate as vector tiles."""
