"""Whatever the bytes: a `DecodeError`, or values that are possible. For every profile's codec.

The same accidents each time, so that a failure here is everybody's; `make fuzz` looks further.
"""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.profiles import Profile
from tests.drivers.profiles.fuzzing import damaged, judge, listening, ports

every_codec = pytest.mark.parametrize("profile", listening(), ids=lambda profile: profile.name)

DAMAGED_PER_CODEC = 30_000


@every_codec
def test_a_damaged_frame_is_read_or_refused(profile: Profile) -> None:
    random = Random(profile.name)
    outcomes = set()
    for _ in range(DAMAGED_PER_CODEC):
        port, payload = damaged(random, profile.name)
        try:
            outcomes.add(judge(profile.name, port, payload))
        except Exception as error:
            error.add_note(f"port {port}, frame {payload.hex()}")
            raise
    assert outcomes == {True, False}


@every_codec
@given(data=st.data())
@settings(max_examples=1000, derandomize=True, deadline=None)
def test_any_bytes_are_read_or_refused(profile: Profile, data: st.DataObject) -> None:
    port = data.draw(st.sampled_from(ports(profile.name)))
    payload = data.draw(st.binary(max_size=96))
    assert judge(profile.name, port, payload) in {True, False}
