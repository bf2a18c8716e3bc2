"""A Lunatone DALI-2 IoT gateway as its REST interface and WebSocket are documented."""
