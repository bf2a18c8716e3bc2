"""A city in a box: lamps with physics, seeded faults with known truth, real protocols."""
