"""Work orders: opened once per fault, moved by people and evidence, timed by their contract."""
