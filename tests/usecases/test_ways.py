"""What people choose for themselves, and a message to try it."""

from __future__ import annotations

from datetime import time

import pytest

from engine.errors import InvalidForm
from engine.notifications.deliver import DeliveryReport, deliver_notices
from engine.notifications.preferences import (
    choose_ways,
    deliveries_of_test,
    name_robot,
    own_preference,
    send_test,
    ways,
)
from engine.records.delivery import DeliveryState
from engine.records.reach import Preference
from tests.usecases.notifying import Recorder, choose
from tests.worlds import World


def test_what_is_chosen_is_kept_and_audited_without_the_secret(either: World) -> None:
    me = either.actor("dengji")
    assert own_preference(either.engine, me) == Preference("p-dengji")
    name_robot(either.engine, me, "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=secret12")
    choose_ways(
        either.engine, me, muted=["robot", "mail", "unheard"], quiet_from=time(22, 30), quiet_until=time(7, 0)
    )
    kept = own_preference(either.engine, me)
    assert kept == Preference("p-dengji", ("robot",), time(22, 30), time(7, 0), "wecombot://secret12")
    assert "secret12" not in repr(kept)
    name_robot(either.engine, me, "")
    assert own_preference(either.engine, me) == Preference("p-dengji", ("robot",), time(22, 30), time(7, 0))
    with either.engine.store.read() as work:
        trail = work.registers.audit_of(None)[-3:]
    assert [(entry.event, dict(entry.detail)) for entry in trail] == [
        ("RobotNamed", {"kind": "wecombot"}),
        ("NotificationWaysChosen", {"muted": ["robot"], "quiet_hours": "22:30-07:00"}),
        ("RobotRemoved", {}),
    ]


@pytest.mark.parametrize(("begins", "ends"), [(time(22), None), (None, time(7)), (time(7), time(7))])
def test_half_a_span_and_an_empty_one_are_refused(world: World, begins: time | None, ends: time | None) -> None:
    with pytest.raises(InvalidForm):
        choose_ways(world.engine, world.actor("dengji"), muted=[], quiet_from=begins, quiet_until=ends)


def test_a_host_that_nobody_allowed_is_not_kept(world: World) -> None:
    me = world.actor("dengji")
    with pytest.raises(InvalidForm, match="DUBAN_WEBHOOK_HOSTS"):
        name_robot(world.engine, me, "http://169.254.169.254/latest")
    assert own_preference(world.engine, me).robot == ""


def test_a_test_message_goes_out_at_once_whatever_is_chosen(world: World) -> None:
    me = world.actor("dengji")
    choose(world, quiet=("00:00", "23:59"), muted=("recorder",))
    entry = send_test(world.engine, me)
    assert deliveries_of_test(world.engine, me, entry) is None
    channel = Recorder()
    assert deliver_notices(world.engine, [channel]) == DeliveryReport(sent=1)
    found = deliveries_of_test(world.engine, me, entry)
    assert found is not None
    assert [delivery.state for delivery in found] == [DeliveryState.SENT]
    assert deliveries_of_test(world.engine, world.actor("jiedai"), entry) is None, "somebody else's"


def test_the_pages_offer_what_the_installation_has(world: World) -> None:
    assert ways(world.engine.settings) == ("robot",)
