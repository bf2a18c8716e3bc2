"""A campaign re-dims a street within the duty cycle; each light ends proven or listed with why."""

from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from kit.errors import InvalidInputError, NotFoundError
from lighting.control.model import Order, Target
from lighting.radio import campaigns, proving, service
from lighting.radio.compute import cost
from lighting.radio.model import GROUP_COPIES, CampaignState
from lighting.radio.tables import RadioGroupRow
from tests.lighting.radio.street import START, SYSTEM, Street, make_street

GATEWAYS = ("0016c001f1500001", "0016c001f1500002")
LIGHTS = 60


@pytest.fixture
async def street(session: AsyncSession) -> Street:
    return await make_street(session, LIGHTS, GATEWAYS)


async def add_group(street: Street, count: int, *, is_ready: bool = True) -> RadioGroupRow:
    new = service.NewGroup(
        name="the street",
        remote_id="a group of the server",
        slot=1,
        data_rate=3,
        frequency_hz=869_525_000,
        gateways=(),
        light_point_ids=tuple(light.id for light in street.lights[:count]),
        is_ready=is_ready,
    )
    return await service.add_group(street.session, SYSTEM, new, street.now)


async def test_a_plan_says_what_a_campaign_will_cost_and_changes_nothing(street: Street) -> None:
    plan = await campaigns.preview(
        street.session, SYSTEM, Target(organisation_id=street.organisation_id), 40, START
    )
    assert plan.frame_count == LIGHTS
    assert [load.channel.gateway for load in plan.loads] == list(GATEWAYS)
    price = cost(plan.single[0].emission)
    assert plan.loads[0].finishes_at == START + LIGHTS / 2 * price
    told = campaigns.told(plan)
    assert told["airtime_s"] == pytest.approx(LIGHTS * 1.155072)
    assert told["gateways"][0]["sub_band"] == "P"
    assert await street.rows("SELECT 1 FROM radio_channel") == []


async def test_single_orders_leave_as_planned_and_are_proven_by_their_echo(street: Street) -> None:
    campaign = await street.start(40)
    while street.now < campaign.planned_finish_at + timedelta(seconds=20):
        await street.step()
    assert await street.outcomes(campaign) == {"proven": LIGHTS}
    assert await street.proofs(campaign) == {"echo": LIGHTS}
    assert campaign.state == CampaignState.FINISHED
    assert len(street.sent) == LIGHTS
    assert campaign.finished_at is not None
    assert abs(campaign.finished_at - campaign.planned_finish_at) <= timedelta(seconds=20)


async def test_what_was_sent_is_within_the_legal_share_of_the_hour(street: Street) -> None:
    campaign = await street.start(40)
    while street.now < campaign.planned_finish_at + timedelta(seconds=20):
        await street.step()
    span = street.now - START
    used = await service.airtime(street.session, GATEWAYS, street.now)
    assert {channel.gateway: frames for channel, (_, frames) in used.items()} == dict.fromkeys(
        GATEWAYS, LIGHTS // 2
    )
    for airtime, _ in used.values():
        assert airtime <= span * 0.10


async def test_a_restart_sends_nothing_twice_and_goes_on(street: Street) -> None:
    """All a worker keeps of a campaign is in the database: a new pacing policy goes on."""
    campaign = await street.start(40)
    for _ in range(10):
        await street.step()
    sent_before = {order.delivery_id for _, order in street.sent}
    resumed = Street(street.session, street.lights, street.plan, street.organisation_id)
    resumed.now = street.now
    while resumed.now < campaign.planned_finish_at + timedelta(seconds=20):
        await resumed.step()
    sent_after = {order.delivery_id for _, order in resumed.sent}
    assert sent_before
    assert not sent_before & sent_after
    assert len(sent_before | sent_after) == LIGHTS
    assert await street.outcomes(campaign) == {"proven": LIGHTS}


async def test_lost_orders_are_sent_again_after_the_first_tries(street: Street) -> None:
    deaf = {light.controller_key for light in street.lights[::10]}
    lost: set[int] = set()

    def answers(order: Order) -> bool:
        if order.controller_key in deaf and order.controller_key not in lost:
            lost.add(order.controller_key)
            return False
        return True

    campaign = await street.start(40)
    while street.now < campaign.proven_by:
        await street.step(answers)
    assert await street.outcomes(campaign) == {"proven": LIGHTS}
    assert len(street.sent) == LIGHTS + len(deaf)


async def test_a_light_that_never_answers_is_listed_with_why(street: Street) -> None:
    dead = street.lights[7].controller_key
    campaign = await street.start(40)
    while street.now <= campaign.proven_by:
        await street.step(lambda order: order.controller_key != dead)
    assert await street.outcomes(campaign) == {"proven": LIGHTS - 1, "failed": 1}
    (reason,) = await street.reasons(campaign)
    assert reason is not None
    assert reason.startswith("sent ")
    assert reason.endswith("not confirmed")
    assert campaign.state == CampaignState.FINISHED


async def test_a_group_is_spoken_to_twice_and_its_lights_report(street: Street) -> None:
    await add_group(street, LIGHTS)
    campaign = await street.start(40)
    for _ in range(12):
        await street.step()
    assert len(street.spoken) == GROUP_COPIES
    assert street.sent == []
    await street.report(40, street.lights)
    await proving.follow(street.session, street.now)
    assert await street.proofs(campaign) == {"report": LIGHTS}
    assert campaign.state == CampaignState.FINISHED


async def test_lights_of_a_group_that_do_not_report_are_sent_single_orders(street: Street) -> None:
    await add_group(street, LIGHTS)
    campaign = await street.start(40)
    silent = street.lights[:5]
    for _ in range(12):
        await street.step()
    await street.report(40, street.lights[5:])
    while street.now < campaign.proven_by:
        await street.step()
    assert {order.controller_key for _, order in street.sent} == {
        light.controller_key for light in silent
    }
    assert await street.proofs(campaign) == {"report": LIGHTS - 5, "echo": 5}


async def test_enough_reports_of_a_group_speak_for_its_silent_members(street: Street) -> None:
    """But not for those that were asked one by one since, and did not answer."""
    await add_group(street, LIGHTS)
    campaign = await street.start(40)
    for _ in range(12):
        await street.step()
    await street.report(40, street.lights[:40])
    while street.now <= campaign.proven_by:
        await street.step(lambda _: False)
    asked = {order.controller_key for _, order in street.sent}
    assert 0 < len(asked) < 20
    assert await street.proofs(campaign) == {"report": 40, "sample": 20 - len(asked)}
    assert await street.outcomes(campaign) == {"proven": 60 - len(asked), "failed": len(asked)}


async def test_one_member_that_says_otherwise_spoils_the_sample(street: Street) -> None:
    await add_group(street, LIGHTS)
    campaign = await street.start(40)
    for _ in range(12):
        await street.step()
    await street.report(40, street.lights[:40])
    await street.report(100, street.lights[40:41])
    while street.now <= campaign.proven_by:
        await street.step(lambda _: False)
    assert await street.outcomes(campaign) == {"proven": 40, "failed": 20}


async def test_a_group_without_its_keys_is_not_spoken_to(street: Street) -> None:
    await add_group(street, LIGHTS, is_ready=False)
    plan = await campaigns.preview(
        street.session, SYSTEM, Target(organisation_id=street.organisation_id), 40, START
    )
    assert plan.groups == []
    assert len(plan.single) == LIGHTS


async def test_the_step_of_the_cabinet_proves_its_silent_lights(street: Street) -> None:
    class Meter:
        async def powers_w(self, *_: object) -> tuple[float, float]:
            return 3600.0, 1440.0

    await street.start(100)
    while (await street.rows("SELECT 1 FROM radio_campaign WHERE state = 'sending'")) != []:
        await street.step()
    campaign = await street.start(40)
    while street.now < campaign.proven_by - timedelta(seconds=20):
        await street.step(lambda _: False)
    await proving.follow(street.session, campaign.proven_by, Meter())
    assert await street.proofs(campaign) == {"cabinet_meter": LIGHTS}


async def test_a_light_that_has_the_level_already_needs_no_frame(street: Street) -> None:
    first = await street.start(40)
    while first.state == CampaignState.SENDING:
        await street.step()
    sent_before = len(street.sent)
    again = await street.start(40)
    await street.step()
    assert await street.proofs(again) == {"unchanged": LIGHTS}
    assert len(street.sent) == sent_before


async def test_a_stronger_order_is_told_as_the_reason(street: Street) -> None:
    campaign = await street.start(40)
    for _ in range(3):
        await street.step(lambda _: False)
    street.now += timedelta(seconds=1)
    await street.start(80)
    await street.step(lambda _: False)
    assert await street.reasons(campaign) == {"replaced by a newer or stronger order"}


async def test_a_cancelled_campaign_sends_no_more(street: Street) -> None:
    await add_group(street, 20)
    campaign = await street.start(40)
    await street.step()
    sent_before = len(street.sent)
    await campaigns.cancel(street.session, SYSTEM, campaign.id, street.now)
    for _ in range(5):
        await street.step()
    assert len(street.sent) == sent_before
    assert campaign.state == CampaignState.CANCELLED
    assert (await street.outcomes(campaign)).get("pending") is None


async def test_a_light_no_gateway_ever_heard_is_listed_at_once(session: AsyncSession) -> None:
    street = await make_street(session, 3, GATEWAYS)
    await street.rows(
        "DELETE FROM latest_state WHERE controller_key = $1 RETURNING 1",
        street.lights[0].controller_key,
    )
    campaign = await street.start(40)
    assert await street.reasons(campaign) == {"never heard: no gateway is known that reaches it"}
    while campaign.state == CampaignState.SENDING:
        await street.step()
    assert await street.outcomes(campaign) == {"proven": 2, "failed": 1}


async def test_a_campaign_that_reaches_nobody_is_refused(session: AsyncSession) -> None:
    street = await make_street(session, 1, GATEWAYS)
    await street.rows("DELETE FROM latest_state RETURNING 1")
    with pytest.raises(InvalidInputError, match="reaches none"):
        await street.start(40)


async def test_a_group_of_different_lights_is_refused(street: Street) -> None:
    await street.rows(
        "UPDATE controller SET network = 'chirpstack:other' WHERE key = $1 RETURNING 1",
        street.lights[0].controller_key,
    )
    with pytest.raises(InvalidInputError, match="one network"):
        await add_group(street, 5)


async def test_an_unknown_campaign_is_not_found(street: Street) -> None:
    with pytest.raises(NotFoundError):
        await campaigns.campaign(street.session, SYSTEM, street.organisation_id)
