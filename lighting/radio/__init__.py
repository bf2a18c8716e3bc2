"""The air as a budget: what a re-dimming costs, when it ends, and the proof of each light."""
