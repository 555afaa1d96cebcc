"""Where people are reached by mail: from the office's file, and refused where it is no address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from engine.cli import duban
from engine.commands.running import serve_engine
from engine.errors import InvalidFile, InvalidForm, NotFound
from engine.org.people import add_person, list_people, set_email
from engine.ports.engine import Engine
from engine.records.org import Actor
from engine.sample.office import parse_office
from tests.builders import an_actor

FILE = """
units: [{code: xfj, name: 信访局}]
people:
  - {username: jiedai, name: 林小满, unit: xfj, grants: [receptionist@xfj], email: lin@xfj.example.gov.cn}
  - {username: dengji, name: 周雨, unit: xfj}
"""


def addresses(office: Engine, actor: Actor | None = None) -> Mapping[str, str]:
    return {person.username: person.email for person in list_people(office, actor or an_actor())}


def test_an_address_is_optional_in_the_offices_file() -> None:
    office = parse_office(FILE, "office.yaml")
    assert [member.email for member in office.people] == ["lin@xfj.example.gov.cn", ""]


@pytest.mark.parametrize(
    "email", ["lin", "'lin@x.cn, other@x.cn'", "[lin@x.cn]", "'林@信访.cn'", '"lin@x.cn\\nBcc: y"']
)
def test_a_wrong_address_is_named_with_its_person(email: str) -> None:
    with pytest.raises(InvalidFile, match="jiedai"):
        parse_office(FILE.replace("lin@xfj.example.gov.cn", email), "office.yaml")


def test_an_address_is_set_taken_away_and_kept_out_of_the_journal(office: Engine) -> None:
    add_person(office, None, username="jiedai", name="林小满", unit="xfj", password=None, email="lin@x.cn")
    assert addresses(office) == {"jiedai": "lin@x.cn"}
    set_email(office, "jiedai", "")
    assert addresses(office) == {"jiedai": ""}
    with office.store.read() as work:
        added, changed = work.registers.audit_of(None)
    assert (changed.event, list(changed.detail)) == ("EmailChanged", ["person_id"])
    assert "lin@" not in str(added.detail)


def test_what_is_no_address_changes_nothing(office: Engine) -> None:
    with pytest.raises(InvalidForm) as refused:
        add_person(office, None, username="jiedai", name="林小满", unit="xfj", password=None, email="x y@z")
    assert [error.path for error in refused.value.errors] == ["email"]
    with pytest.raises(InvalidForm):
        set_email(office, "jiedai", "x y@z")
    with pytest.raises(NotFound):
        set_email(office, "jiedai", "lin@x.cn")
    assert addresses(office) == {}


def test_loading_the_file_again_moves_addresses_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "office.yaml"
    runner = CliRunner(env={"DUBAN_HOME": str(tmp_path / "home")})

    def load(text: str) -> str:
        file.write_text(text, "utf-8")
        loaded = runner.invoke(duban, ["office", "load", str(file)])
        assert loaded.exit_code == 0, loaded.output
        return loaded.output

    assert "jiedai\t林小满" in load(FILE)
    again = load(FILE.replace("林小满", "另一人").replace("lin@", "new@"))
    assert "1 人的电子邮件" in again
    assert "另一人" not in again
    assert "电子邮件" not in load(FILE.replace("lin@", "new@"))


def test_serving_with_an_unusable_mail_setting_says_which(office: Engine) -> None:
    misconfigured = replace(office, settings=replace(office.settings, smtp_url="mail", mail_from="duban@x.cn"))
    with pytest.raises(click.UsageError, match="DUBAN_SMTP_URL"):
        serve_engine(misconfigured)
