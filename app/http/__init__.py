"""The API assembled: routers, health, metrics, live stream and the built console."""
