"""The public query: a receipt code and a second factor. Nobody is logged in.

Every answer that is not the petitioner's own is the same answer, reached by the same work. Attempts are limited for
an address and for a code, across processes; what is kept of either is a keyed hash. Staff are not concerned.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address

from engine.errors import EngineError, Message
from engine.ports.engine import Engine
from engine.public.factors import is_of_a_party
from engine.public.progress import Progress, progress_of

WINDOW = timedelta(minutes=30)
PER_ADDRESS = 20
PER_CODE = 8
REMEMBERED = timedelta(days=1)
_CODE_LENGTH = 10


class NotFoundHere(EngineError):
    """No such code, or not this person's: nobody is told which."""

    def __init__(self) -> None:
        super().__init__(
            Message(
                "没有查到。请核对查询码，以及手机号后四位或姓名。",
                "Nothing was found. Check the code, and the last four digits of the telephone number or the name.",
            )
        )


class TooOften(EngineError):
    """The limit of attempts, of the address or of the code: nobody is told which."""

    def __init__(self) -> None:
        minutes = int(WINDOW.total_seconds() // 60)
        super().__init__(
            Message(
                f"查询次数太多了。请过 {minutes} 分钟再试，或者到信访接待窗口查询。",
                f"Too many attempts. Try again in {minutes} minutes, or ask at the reception desk.",
            )
        )


def ask(engine: Engine, code: str, factor: str, address: str) -> Progress:
    """What the public page shows. Raises NotFoundHere, TooOften."""
    now = engine.clock.now()
    code = normal_code(code)
    with engine.store.write() as work:
        counts = work.public.count_attempts(
            [f"address:{network_of(address)}", f"code:{code}"], window_of(now), now - REMEMBERED
        )
    with engine.store.read() as work:
        matter = work.public.matter(code)
    is_known = is_of_a_party(factor, matter.parties if matter else ())
    if counts[0] > PER_ADDRESS or counts[1] > PER_CODE:
        raise TooOften
    if matter is None or not is_known:
        raise NotFoundHere
    return progress_of(matter, now, engine.settings.timezone)


def normal_code(code: str) -> str:
    """As it is printed, whatever case, spaces and dashes it was typed with; at most ten characters and one."""
    solid = "".join(c for c in code.upper() if c.isalnum() and c.isascii())
    return solid[: _CODE_LENGTH + 1]


def network_of(address: str) -> str:
    """An IPv4 address, or the network of 64 bits that one subscriber has of IPv6; what is neither as it is."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(parsed, IPv6Address):
        return str(parsed.ipv4_mapped) if parsed.ipv4_mapped else f"{int(parsed) >> 64:x}"
    return str(parsed)


def window_of(now: datetime) -> datetime:
    """The beginning of the window that `now` lies in."""
    return now - timedelta(seconds=now.timestamp() % WINDOW.total_seconds())
