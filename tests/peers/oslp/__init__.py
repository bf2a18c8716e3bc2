"""An OSLP device, written from the protocol's description; it shares no code with our platform."""
