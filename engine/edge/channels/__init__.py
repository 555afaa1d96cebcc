"""The channels of an installation, as its settings name them."""

from __future__ import annotations

from engine.config import Settings
from engine.edge.channels.mail import Mail
from engine.edge.channels.robots import Robots
from engine.ports.channel import Channel


def configured_channels(settings: Settings) -> tuple[Channel, ...]:
    """Mail where a server is set, people's own robots always. Raises ValueError naming an unusable variable."""
    channels: list[Channel] = [Robots(settings.webhook_hosts)]
    if settings.smtp_url:
        channels.insert(0, Mail.from_settings(settings))
    return tuple(channels)
