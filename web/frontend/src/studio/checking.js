// When the server is asked what is wrong: a moment after the last stroke, before anything is saved; one question at a time.
// What it says of a drawing that has changed since is dropped, for the next answer is on its way.
const QUIET_MS = 600;

// `ask(text)` asks about a text, or with null about what is stored; `say` says how the checking stands, in a word's name.
export function startChecking({ ask, show, say }) {
  let strokes = 0;
  let timer = null;
  let wanted = null;
  let isRunning = false;
  // the text that is being asked about, and the one that what is shown is about
  let asking;
  let known;

  async function answer(read) {
    const at = strokes;
    try {
      const text = await read();
      if (text !== null && text === known) return say("");
      asking = text;
      say("checking");
      const found = await ask(text);
      if (at !== strokes) return undefined;
      known = text;
      show(found);
      return say("");
    } catch {
      return at === strokes ? say("not_checked") : undefined;
    } finally {
      asking = undefined;
    }
  }

  async function run(read) {
    wanted = read;
    if (isRunning) return;
    isRunning = true;
    while (wanted) {
      const next = wanted;
      wanted = null;
      await answer(next);
    }
    isRunning = false;
  }

  return {
    // What is stored.
    ask: () => run(async () => null),
    // A stroke: `read` gives the text as it is by then.
    changed(read) {
      strokes += 1;
      clearTimeout(timer);
      timer = setTimeout(() => {
        timer = null;
        run(read);
      }, QUIET_MS);
    },
    // Saved: where that very text is checked, is being checked or is about to be, there is nothing to ask.
    saved(text) {
      if (text === known || text === asking || timer !== null || wanted) return;
      run(async () => text);
    },
  };
}
