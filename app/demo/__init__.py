"""The demo city: its streets and lamps, the nights it has lived, its people and its devices.

The command line (`reverbere demo`) starts PostgreSQL and the broker, migrates, calls

    app.demo.start.start(settings, folder, say) -> DemoCity

with settings that name both services, a folder the demo may keep files in, and `say(line)` for the
few calm lines a person reads meanwhile; then it starts the server, the worker and the simulated
devices. `start` is called at every start, outside any event loop: it must find what an earlier
start has made and only add what is missing.
"""
