"""Who may see and do what: organisations, users, roles, tokens, audit."""
