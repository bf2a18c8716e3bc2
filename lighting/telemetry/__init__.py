"""What the lights said: readings kept once, the latest state of each, events and quarantine."""
