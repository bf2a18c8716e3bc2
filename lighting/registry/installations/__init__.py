"""What is in each light point, and was: install, swap, take out."""
