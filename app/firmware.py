"""Updaters by kind of network: what each can do about firmware, said honestly."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import timedelta

from drivers import profiles
from drivers.contract import UpdatesFirmware
from drivers.errors import UnreachableError
from drivers.lwm2m.link import Lwm2mLink
from drivers.lwm2m.server import firmware
from drivers.lwm2m.server.firmware import Stage
from kit.clock import Clock
from kit.ids import new_id
from lighting.control.model import Order
from lighting.firmware.model import Package, Progress, ProgressKind, Target, Updater
from lighting.networks.model import NetworkKind

UPDATE_MODE_ORDER_AGE_MAX = timedelta(minutes=30)
# Below what a campaign waits for one update.
OBJECT_5_TIME_MAX = timedelta(minutes=110)

_KIND_OF_STAGE: Mapping[Stage, ProgressKind] = {
    Stage.SENDING: ProgressKind.DOWNLOADING,
    Stage.DOWNLOADING: ProgressKind.DOWNLOADING,
    Stage.DOWNLOADED: ProgressKind.DOWNLOADING,
    Stage.UPDATING: ProgressKind.INSTALLING,
    Stage.UPDATED: ProgressKind.UPDATED,
}


class UpdateModeOnly:
    """LoRaWAN controllers that are only told to enter their update mode: the firmware itself is
    brought by their maker's tool."""

    def __init__(self, send: Callable[[Sequence[Order]], None], clock: Clock) -> None:
        self._send = send
        self._clock = clock

    async def update(self, target: Target, package: Package) -> AsyncIterator[Progress]:
        """Order the update mode; more cannot be done from here."""
        driver = profiles.driver(target.profile)
        if not isinstance(driver, UpdatesFirmware):
            yield Progress(ProgressKind.FAILED, f"{target.profile} knows no update mode")
            return
        order = Order(
            delivery_id=new_id(),
            controller_key=target.controller_key,
            address=target.address,
            network=target.network,
            profile=target.profile,
            gateway=target.network,
            level_percent=0,
            attempts=1,
            expires_at=self._clock.now() + UPDATE_MODE_ORDER_AGE_MAX,
            frame=driver.enter_update_mode(),
        )
        self._send([order])
        yield Progress(
            ProgressKind.UPDATE_MODE,
            f"told to enter its update mode; bring {package.version} with the maker's tool",
        )


class ByObject5:
    """LwM2M devices: the package goes over the device's own connection, and its result comes back
    by the same way."""

    def __init__(self, link_of: Callable[[str], Lwm2mLink | None], clock: Clock) -> None:
        self._link_of = link_of
        self._clock = clock

    async def update(self, target: Target, package: Package) -> AsyncIterator[Progress]:
        """Send the package, let it be installed, and wait for the device's own word."""
        link = self._link_of(target.network)
        if link is None:
            raise UnreachableError(f"the line to {target.network} is not open here")
        now = self._clock.now
        stages = firmware.update(
            *(link, target.address, package.content),
            give_up_at=now() + OBJECT_5_TIME_MAX,
            now=now,
        )
        async for step in stages:
            yield Progress(_KIND_OF_STAGE[step.stage], f"{step.state} {step.result}".strip())


def updaters_of(
    send: Callable[[Sequence[Order]], None],
    link_of: Callable[[str], Lwm2mLink | None],
    clock: Clock,
) -> Mapping[str, Updater]:
    """The updater of each kind of network that has one."""
    update_mode = UpdateModeOnly(send, clock)
    return {
        NetworkKind.CHIRPSTACK.value: update_mode,
        NetworkKind.THE_THINGS_STACK.value: update_mode,
        NetworkKind.LWM2M.value: ByObject5(link_of, clock),
    }
