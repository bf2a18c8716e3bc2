"""What each light point was at any past date."""
