"""Parts, the stores and vans they lie in, and every movement between them."""
