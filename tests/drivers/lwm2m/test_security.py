"""Messages protected by OSCORE, and the name they are bound to."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiocoap
import pytest
from aiocoap.numbers.codes import Code

from drivers.errors import UnreachableError
from drivers.lwm2m.registrations import MemoryStore
from drivers.lwm2m.server.security import (
    EPOCH_NUMBERS,
    EndpointKey,
    KeyRing,
    KeyRingError,
    Protection,
    read_keys,
)
from tests.drivers.lwm2m.test_link import ENDPOINT, Listening, codec, listening
from tests.peers.lwm2m.lamp import LampPeer, now_s
from tests.peers.lwm2m.nat import Nat
from tests.peers.lwm2m.protection import DeviceProtection
from tests.polling import eventually

# Values of RFC 8613, appendix C.1: identifiers, secret and salt of its first test vector.
SECRET, SALT = "0102030405060708090a0b0c0d0e0f10", "9e7ca92223786340"
KEY = EndpointKey(device_id="01", master_secret=SECRET, master_salt=SALT)
OTHER = EndpointKey(device_id="02", master_secret="ff" * 16)


ONE = '{"device_id": "01", "master_secret": "' + "00" * 16 + '"}'


def device() -> DeviceProtection:
    return DeviceProtection("01", "", SECRET, SALT)


@asynccontextmanager
async def guarded(store: MemoryStore | None = None, port: int = 0) -> AsyncIterator[Listening]:
    """A server that admits nobody without protection."""
    keys = {ENDPOINT: KEY, "other": OTHER}
    async with listening(store, port=port, keys=keys, allows_unprotected=False) as server:
        yield server


def test_keys_are_those_of_the_published_vector() -> None:
    ours = Protection(ENDPOINT, KEY)
    assert ours.recipient_key.hex() == "ffb14e093c94c9cac9471648b4f98710"
    assert ours.sender_key.hex() == "f0910ed7295e6ad4b54fc793154302ff"
    assert ours.common_iv.hex() == "4622d4dd6d944168eefb54987c"


async def test_a_protected_device_registers_notifies_and_obeys() -> None:
    async with (
        guarded() as server,
        LampPeer(ENDPOINT, server.link.port, protection=device()) as lamp,
    ):
        assert (await lamp.register()).code is Code.CREATED
        await eventually(lambda: lamp.is_observed and server.said(3418))
        lamp.notify(lamp.meter, r6=5.0)
        await eventually(lambda: len(server.said(3418)) == 2)
        await server.link.send(ENDPOINT, codec.set_level(35), order_id="1", expires_at=None)
        assert lamp.lamp.writes == [{1: 35}]
        assert (await lamp.send(("/3418/0/6", 6.0, now_s()))).code is Code.CHANGED
        assert (await lamp.update()).code is Code.CHANGED


async def test_a_protected_device_is_heard_wherever_it_is() -> None:
    async with (
        guarded() as server,
        Nat(server.link.port) as nat,
        LampPeer(ENDPOINT, nat.port, protection=device()) as lamp,
    ):
        await lamp.register()
        await eventually(lambda: lamp.is_observed and server.said(3418))
        before = server.port_of_device()
        await nat.rebind()
        lamp.notify(lamp.meter, r6=5.0)
        await eventually(lambda: server.port_of_device() != before)
        await server.link.send(ENDPOINT, codec.set_level(35), order_id="1", expires_at=None)
        assert lamp.lamp.writes == [{1: 35}]


async def test_nobody_is_admitted_without_protection() -> None:
    async with guarded() as server, LampPeer(ENDPOINT, server.link.port) as lamp:
        assert (await lamp.register()).code is Code.UNAUTHORIZED
        assert server.link.registration(ENDPOINT) is None
        with pytest.raises(UnreachableError):
            await server.link.send(ENDPOINT, codec.set_level(35), order_id="1", expires_at=None)


async def test_a_device_cannot_take_the_name_of_another() -> None:
    async with (
        guarded() as server,
        LampPeer("other", server.link.port, protection=device()) as lamp,
    ):
        assert (await lamp.register()).code is Code.UNAUTHORIZED
        assert server.link.registration("other") is None


async def test_a_wrong_key_opens_nothing() -> None:
    forged = DeviceProtection("01", "", "ee" * 16)
    async with guarded() as server, LampPeer(ENDPOINT, server.link.port, protection=forged) as lamp:
        with pytest.raises(aiocoap.error.Error):
            await lamp.register()
        assert server.link.registration(ENDPOINT) is None


async def test_a_repeated_request_is_answered_but_not_done_twice() -> None:
    async with (
        guarded() as server,
        Nat(server.link.port) as nat,
        LampPeer(ENDPOINT, nat.port, protection=device()) as lamp,
    ):
        await lamp.register()
        await eventually(lambda: lamp.is_observed)
        recorded: list[bytes] = []

        def record(data: bytes) -> int:
            recorded.append(data)
            return 1

        nat.up = record
        await lamp.send(("/3418/0/6", 6.0, now_s()))
        stored = len(server.said(65535))
        replayed = bytearray(recorded[0])
        replayed[2] ^= 0xFF  # another message number: only the protection tells the repetition
        await nat.rebind()
        nat.inject(bytes(replayed))
        await lamp.update()
        await eventually(lambda: len(server.said(65535)) > stored)
        await lamp.update()
        await eventually(lambda: len(server.said(65535)) > stored + 1)
        assert len(server.said(65535)) == stored + 2


async def test_after_our_restart_a_device_proves_that_it_is_fresh() -> None:
    store = MemoryStore()
    protection = device()
    async with guarded(store) as first:
        port = first.link.port
        lamp = LampPeer(ENDPOINT, port, protection=protection)
        await lamp.__aenter__()
        await lamp.register()
        await eventually(lambda: lamp.is_observed)
    try:
        async with guarded(store, port) as second:
            assert (await lamp.update()).code is Code.CHANGED
            await second.link.send(ENDPOINT, codec.set_level(8), order_id="1", expires_at=None)
            assert lamp.lamp.writes == [{1: 8}]
    finally:
        await lamp.__aexit__()


def test_numbers_are_never_used_twice() -> None:
    protection = Protection(ENDPOINT, KEY)
    with pytest.raises(aiocoap.oscore.ContextUnavailable):
        protection.new_sequence_number()
    protection.grant(3)
    assert protection.new_sequence_number() == 3 * EPOCH_NUMBERS
    assert protection.new_sequence_number() == 3 * EPOCH_NUMBERS + 1
    assert protection.numbers_left == EPOCH_NUMBERS - 2


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        '{"a": {"device_id": "01"}}',
        '{"a": {"device_id": "01", "master_secret": "00"}}',
        '{"a": ' + ONE.replace("01", "zz") + "}",
        f'{{"a": {ONE}, "b": {ONE}}}',
    ],
)
def test_keys_that_cannot_be_are_refused_without_showing_them(text: str) -> None:
    with pytest.raises(KeyRingError) as refusal:
        read_keys(text)
    assert "00000000" not in str(refusal.value)


def test_keys_are_read_by_endpoint() -> None:
    keys = read_keys(f'{{"{ENDPOINT}": {ONE}}}')
    assert list(KeyRing(keys)) == [ENDPOINT]
