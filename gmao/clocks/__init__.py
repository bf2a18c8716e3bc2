"""Deadlines: working calendars, budgets of time, pauses, and what each organisation promises."""
