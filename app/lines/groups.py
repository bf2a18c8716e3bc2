"""Says frames to multicast groups, by the way their network has for it.

ChirpStack has no topic for groups, only its API. (The Things Stack keeps a group as a device: such
a group is one more controller there, not a group of ours.)
"""

from collections.abc import Iterable

from app.lines.line import Surroundings, UnknownNetworkError
from drivers.contract import PortFrame
from drivers.lorawan.chirpstack_api import ChirpStackApi
from kit.access.model import Caller
from kit.clock import Clock
from kit.db import Database
from kit.log import get_logger
from lighting.networks import service as networks
from lighting.networks.kinds import ChirpStackSettings
from lighting.networks.model import FieldNetworkView, NetworkKind
from lighting.radio import frames
from lighting.radio.model import GroupFrame

log = get_logger()
SYSTEM = Caller.system("lines")


class GroupSpeech:
    """Brings frames to their groups; one that is not taken is written down as failed."""

    def __init__(self, database: Database, clock: Clock, around: Surroundings) -> None:
        self._database = database
        self._clock = clock
        self._around = around

    async def say(self, leaving: Iterable[GroupFrame]) -> None:
        """Send frames one after the other: their air is booked already."""
        for frame in leaving:
            try:
                await self._say(frame)
            except (OSError, TimeoutError, ValueError) as error:
                log.warning("group frame not sent", frame_id=str(frame.frame_id), error=str(error))
                async with self._database.session() as session:
                    await frames.note_failed(session, frame.frame_id, str(error), self._clock.now())

    async def _say(self, frame: GroupFrame) -> None:
        network = await self._network(frame.network)
        asked = ChirpStackSettings.model_validate(network.settings)
        if asked.api_url is None:
            raise UnknownNetworkError(
                f"{frame.network} has no api_url: its groups are out of reach"
            )
        async with ChirpStackApi(asked.api_url, self._around.secret(asked.secret) or "") as api:
            await api.enqueue(
                frame.group_remote_id, PortFrame(frame.port, frame.payload), frame.expires_at
            )

    async def _network(self, name: str) -> FieldNetworkView:
        async with self._database.session() as session:
            found = {one.name: one for one in await networks.networks(session, SYSTEM)}
        network = found.get(name)
        if network is None or network.kind is not NetworkKind.CHIRPSTACK:
            raise UnknownNetworkError(f"groups of {name} are spoken to by ChirpStack's API only")
        return network
