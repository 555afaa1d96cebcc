"""When an editor asks the server what is wrong: its own module, with clocks and answers played."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

CHECKING = Path(__file__).parents[2] / "web" / "frontend" / "src" / "studio" / "checking.js"
PLAY = """
const { startChecking } = await import(process.argv[1]);
const timers = new Map();
let ids = 0;
globalThis.setTimeout = (act) => (timers.set((ids += 1), act), ids);
globalThis.clearTimeout = (id) => timers.delete(id);
const rest = async () => { for (let i = 0; i < 20; i += 1) await null; };
const quiet = async () => {
  const due = [...timers.values()];
  timers.clear();
  due.forEach((act) => act());
  await rest();
};
const asked = [], shown = [], told = [], open = [];
const checking = startChecking({
  ask: (text) => (asked.push(text), new Promise((done, fail) => open.push({ done, fail }))),
  show: (found) => shown.push(found),
  say: (name) => told.push(name),
});
const draw = (text) => checking.changed(async () => text);
const answer = async (found) => { open.shift().done(found); await rest(); };
checking.ask(); await rest(); await answer("stored");
draw("a"); draw("b"); await quiet();
draw("c"); await quiet();
const while_one_is_out = [...asked];
await answer("of b");
const after_the_stale_answer = [...shown];
checking.saved("c"); await rest();
await answer("of c");
checking.saved("c"); await rest();
draw("d"); draw("c"); await quiet();
const what_is_known_is_not_asked = [...asked];
draw("e"); await quiet();
open.shift().fail(new Error("away")); await rest();
const last_word = told.at(-1);
checking.saved("e"); await rest(); await answer("of e");
const found = { while_one_is_out, after_the_stale_answer, what_is_known_is_not_asked, last_word, asked, shown };
console.log(JSON.stringify(found));
"""


def test_one_question_at_a_time_and_no_answer_of_a_drawing_that_has_changed() -> None:
    command = ["node", "--input-type=module", "-e", PLAY, CHECKING.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    played = json.loads(done.stdout)
    assert played == {
        "while_one_is_out": [None, "b"],
        "after_the_stale_answer": ["stored"],
        "what_is_known_is_not_asked": [None, "b", "c"],
        "last_word": "not_checked",
        "asked": [None, "b", "c", "e", "e"],
        "shown": ["stored", "of c", "of e"],
    }
