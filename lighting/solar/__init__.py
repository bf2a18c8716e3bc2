"""Luminaires on sun and battery: their charge, how long it lasts, and light shed in good time."""
