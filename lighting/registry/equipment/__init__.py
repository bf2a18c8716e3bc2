"""Equipment: the catalogue, and what goes into a light point and out of it."""
