"""Foundation without lighting words: clock, ids, errors, database, outbox, access, HTTP manners."""
