"""Every speed claim, runnable: `python -m benchmarks` for all, `python -m benchmarks.NAME` for one.

The last line a benchmark prints is one JSON object: `id`, `value`, `unit`, `bare_limit`, `ratio`.
"""
