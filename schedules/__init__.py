"""When it should be lit and how much: the Sun, calendars, programs, and the steps of a night."""
