"""The channels of an installation, as its settings name them."""

from __future__ import annotations

from engine.config import Settings
from engine.edge.channels.mail import Mail
from engine.ports.channel import Channel


def configured_channels(settings: Settings) -> tuple[Channel, ...]:
    """None of them configured: an empty tuple. Raises ValueError naming the variable that is unusable."""
    channels: list[Channel] = []
    if settings.smtp_url:
        channels.append(Mail.from_settings(settings))
    return tuple(channels)
