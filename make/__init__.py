"""What the Makefile calls to prepare a checkout."""
