"""Templates are compiled once a language, and list boxes are written once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from tests.web.visitor import Visitor
from web.options import options
from web.templating import Templates


def test_two_readers_of_one_application_read_their_own_languages(visit: Callable[[str], Visitor]) -> None:
    chinese, english = visit("dengji"), visit("dengji")
    english.client.set_cookie("duban_language", "en")
    for _ in range(2):
        assert "跳到正文" in chinese.get("/inbox").text
        assert "跳到正文" not in english.get("/inbox").text


def test_a_text_is_in_its_place_before_the_page_is_asked_for() -> None:
    app = Flask(__name__)
    app.jinja_environment = Templates
    environment = app.jinja_env
    assert isinstance(environment, Templates)
    chinese = environment.of_language("zh")
    source = chinese.compile("<p>{{ t('common.print') }}</p>{{ t('filter.' ~ name) }}", raw=True)
    assert "打印" in source
    assert "common.print" not in source
    assert "'filter.'" in source


@pytest.mark.parametrize("chosen", ["", "b<", "nothing"])
def test_a_list_box_marks_what_is_chosen_and_nothing_else(chosen: str) -> None:
    written = options([("a", "<甲>"), ("b<", "乙"), ("", "无")], chosen)
    assert written.count(" selected") == (chosen == "b<")
    assert ('value="b&lt;" selected>乙<' in written) == (chosen == "b<")
    assert "&lt;甲&gt;" in written
