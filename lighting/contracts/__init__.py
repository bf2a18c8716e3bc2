"""What energy is worth and measured against: dated tariffs, CO2 factors, the frozen baseline."""
