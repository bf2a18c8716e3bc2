"""What failed, how, why, and what was done: our short code lists."""
