"""The committed front end: whole, licensed, free of registries' names; templates use only what is built."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

from web.assets import DIST, manifest

WEB = Path(__file__).parents[2] / "web"
FRONTEND = WEB / "frontend"
TEMPLATES = "\n".join(path.read_text(encoding="utf-8") for path in (WEB / "templates").rglob("*.html"))
LIGHTS = (WEB / "lights.py").read_text(encoding="utf-8")


def test_every_built_file_is_the_one_that_was_built() -> None:
    found = {
        p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in DIST.iterdir() if p.name != "manifest.json"
    }
    assert found == manifest()


def test_templates_name_built_files_only() -> None:
    assert set(re.findall(r"asset\('([^']+)'\)", TEMPLATES)) <= set(manifest())


def test_every_icon_is_in_the_sprite() -> None:
    sprite = (DIST / "icons.svg").read_text(encoding="utf-8")
    known = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    used = set(re.findall(r"m\.icon\('([^']+)'", TEMPLATES)) | set(re.findall(r'": "([a-z-]+)"', LIGHTS))
    assert used <= known


def test_the_lock_names_no_registry_and_pins_everything() -> None:
    lock = json.loads((FRONTEND / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert not [name for name, entry in packages.items() if "resolved" in entry]
    assert not [name for name, entry in packages.items() if not entry.get("integrity")]
    own = json.loads((FRONTEND / "package.json").read_text(encoding="utf-8"))
    assert not [v for v in {**own["dependencies"], **own["devDependencies"]}.values() if not v[0].isdigit()]


def test_what_is_bundled_brings_its_licence() -> None:
    texts = (DIST / "licenses.txt").read_text(encoding="utf-8")
    for package in ("bpmn-js", "diagram-js", "@bpmn-io/form-js-viewer", "@bpmn-io/feelin", "htmx.org", "bootstrap"):
        assert f"\n{package} " in texts
    assert "bpmn.io" in texts


def test_nothing_evaluates_text_as_a_program() -> None:
    assert '"allowEval":false' in TEMPLATES
    assert not re.search(r"\shx-on|hx-vals=.js:|hx-headers=.js:", TEMPLATES)
