"""What is broken, and how we know: expected light against actual, alarms with their evidence."""
