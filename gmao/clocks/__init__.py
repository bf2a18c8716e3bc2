"""Deadlines: working calendars, budgets of time, pauses and service levels. All pure."""
