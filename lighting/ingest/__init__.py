"""From frames to facts: each batch decoded, stored once, judged, and only then acknowledged."""
