"""Field networks: which there are, how each is reached, and whether its line holds."""
