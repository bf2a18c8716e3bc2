"""The plan of a re-dimming, pure: groups before single frames, channels within their duty cycle."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from drivers.lorawan import eu868
from drivers.lorawan.airtime import Modulation, downlink_airtime
from lighting.radio.model import (
    COPIES_APART,
    DUTY_SHARE,
    GROUP_COPIES,
    PROOF_PERIODS,
    REPEATED_RATIO,
    Channel,
    Emission,
    GroupUse,
    Load,
    Plan,
    RadioGroup,
    RadioLight,
    RadioSettings,
    UnreachedLight,
    Window,
)

# Signal to noise each spreading factor needs (dB), and the margin ADR keeps above it.
# Sources: SX1276 datasheet rev. 7, table 13; ChirpStack's default ADR installation margin.
SNR_NEEDED_DB: Mapping[int, float] = {5: -7.5, 4: -10.0, 3: -12.5, 2: -15.0, 1: -17.5, 0: -20.0}
SNR_MARGIN_DB = 10.0


def data_rate_for(snr_db: float | None) -> int:
    """The data rate ADR gives a device heard so; the slowest where nobody knows."""
    if snr_db is None:
        return 0
    fitting = (rate for rate, need in SNR_NEEDED_DB.items() if snr_db - SNR_MARGIN_DB >= need)
    return max(fitting, default=0)


def emission(modulation: Modulation, frequency_hz: int, payload_bytes: int) -> Emission:
    """A downlink on a frequency."""
    return Emission(eu868.sub_band(frequency_hz), downlink_airtime(modulation, payload_bytes))


def single_emission(
    window: Window, settings: RadioSettings, snr_db: float | None, payload_bytes: int
) -> Emission:
    """How a single frame goes out: in the second window at once (class C), or in the first, which
    mirrors the device's own frequency and data rate (class A)."""
    if window is Window.CLASS_C:
        at = eu868.modulation(settings.rx2_data_rate)
        return emission(at, settings.rx2_frequency_hz, payload_bytes)
    at = eu868.modulation(data_rate_for(snr_db))
    return emission(at, eu868.FIRST_CHANNEL_HZ, payload_bytes)


def cost(of: Emission) -> timedelta:
    """The stretch of time a frame uses up of a channel's budget: within it the channel may not
    send again, so that any hour holds at most its share."""
    return of.airtime / (of.band.duty_cycle * DUTY_SHARE)


def usable_groups(groups: Iterable[RadioGroup], target: frozenset[int]) -> list[RadioGroup]:
    """Groups all of whose members are meant, the largest first and no light twice."""
    chosen: list[RadioGroup] = []
    taken: set[int] = set()
    for group in sorted(groups, key=lambda one: (-len(one.members), one.name)):
        if len(group.members) > GROUP_COPIES and group.members <= target - taken:
            chosen.append(group)
            taken |= group.members
    return chosen


def make_plan(
    lights: Sequence[RadioLight],
    groups: Iterable[RadioGroup],
    unreached: Sequence[UnreachedLight],
    free_at: Mapping[Channel, datetime],
    now: datetime,
) -> Plan:
    """How the level reaches the lights, from the state of the channels at `now`."""
    by_key = {light.controller_key: light for light in lights}
    uses = [_use(group, by_key) for group in usable_groups(groups, frozenset(by_key))]
    carried: set[UUID] = {point for use in uses for point in use.light_point_ids}
    single = [light for light in lights if light.light_point_id not in carried]
    ledger = _Ledger(free_at, now)
    for use in uses:
        ledger.speak(use.gateways, use.emission, GROUP_COPIES)
    for light in single:
        ledger.speak((light.gateway,), light.emission, 1)
    waiting = [light.period for light in single if light.window is Window.CLASS_A]
    finishes_at = max((ledger.finishes_at, now + max(waiting, default=timedelta())))
    return Plan(
        groups=uses,
        single=single,
        unreached=unreached,
        loads=ledger.loads(),
        waits_for_uplink_count=len(waiting),
        finishes_at=finishes_at,
        proven_by=_proven_by(lights, bool(uses), now, finishes_at),
    )


def _use(group: RadioGroup, by_key: Mapping[int, RadioLight]) -> GroupUse:
    members = [by_key[key] for key in sorted(group.members)]
    return GroupUse(
        group,
        group.gateways or tuple(sorted({light.gateway for light in members})),
        tuple(light.light_point_id for light in members),
        emission(group.modulation, group.frequency_hz, group.payload_bytes),
        max(light.period for light in members),
    )


def _proven_by(
    lights: Sequence[RadioLight], has_groups: bool, now: datetime, finishes_at: datetime
) -> datetime:
    """The end of the campaign: first tries, those sent again, and the wait for reports."""
    reports = max((light.period for light in lights), default=timedelta()) * PROOF_PERIODS
    repeats = (finishes_at - now) * REPEATED_RATIO
    copies = COPIES_APART * GROUP_COPIES * has_groups
    return finishes_at + repeats + copies + reports


class _Ledger:
    """Books frames on channels, one after the other."""

    def __init__(self, free_at: Mapping[Channel, datetime], now: datetime) -> None:
        self._known = free_at
        self._now = now
        self._free_at: dict[Channel, datetime] = {}
        self._begun_at: dict[Channel, datetime] = {}
        self._frames: dict[Channel, int] = defaultdict(int)
        self._airtime: dict[Channel, timedelta] = defaultdict(timedelta)
        self._duty_cycle: dict[Channel, float] = {}
        self.finishes_at = now

    def speak(self, gateways: Iterable[str], of: Emission, times: int) -> None:
        """The same frame from all these gateways at once, so many times."""
        channels = [of.channel(gateway) for gateway in gateways]
        for _ in range(times):
            starts_at = max((self._free(channel) for channel in channels), default=self._now)
            for channel in channels:
                self._begun_at.setdefault(channel, starts_at)
                self._free_at[channel] = starts_at + cost(of)
                self._frames[channel] += 1
                self._airtime[channel] += of.airtime
                self._duty_cycle[channel] = of.band.duty_cycle
            self.finishes_at = max(self.finishes_at, starts_at + of.airtime)

    def _free(self, channel: Channel) -> datetime:
        known = self._free_at.get(channel) or self._known.get(channel, self._now)
        return max(known, self._now)

    def loads(self) -> list[Load]:
        """What each channel carries, the busiest first."""
        found = [
            Load(
                channel=channel,
                frames=frames,
                airtime=self._airtime[channel],
                duty_cycle=self._duty_cycle[channel],
                starts_at=self._begun_at[channel],
                finishes_at=self._free_at[channel],
            )
            for channel, frames in self._frames.items()
        ]
        return sorted(found, key=lambda load: (-load.airtime, load.channel.gateway))
