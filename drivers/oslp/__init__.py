"""OSLP, the Open Street Light Protocol of 2.5G controllers: signed protobuf messages over TCP."""
