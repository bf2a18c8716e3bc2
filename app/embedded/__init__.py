"""Services the application can start by itself: PostgreSQL and an MQTT broker, for demo and tests.

In production both are outside and named by a setting. What is started here ends with the process
that started it, keeps its files in the folder it is given, and touches nothing else.
"""
