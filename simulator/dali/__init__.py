"""D4i control gear on a DALI line, and an IP gateway before it."""
