"""A DALI line with control gear, built on python-dali's fakes: no code shared with our drivers."""
