// The scenarios while they are played: each line says how it went as soon as that is known, the next one that it runs.
const STATES = ["is-waiting", "is-running", "is-ok", "is-failed"];

export class RunningScenarios {
  constructor(list, bar) {
    this.list = list;
    this.bar = bar;
    this.asked = [];
    this.failed = 0;
    this.kept = new Map();
  }

  // In the order in which the server plays them: by path.
  begin(only = "") {
    this.failed = 0;
    const lines = [...this.list.querySelectorAll("[data-scenario]")].filter(({ dataset }) => !only || dataset.scenario === only);
    this.kept = new Map(only ? this.#told().map((line) => [line.dataset.scenario, line]) : []);
    this.asked = lines.sort((one, other) => (one.dataset.scenario < other.dataset.scenario ? -1 : 1));
    this.asked.forEach((line) => this.#show(line, "is-waiting"));
    this.#next();
    this.bar.hidden = false;
    this.#moved(0, this.asked.length || 1);
  }

  went({ n, of, path, went }) {
    const line = this.asked.find(({ dataset }) => dataset.scenario === path);
    if (went === "failed") this.failed += 1;
    if (line) this.#show(line, went === "ok" ? "is-ok" : "is-failed");
    this.asked = this.asked.filter((each) => each !== line);
    this.#next();
    this.#moved(n, of);
  }

  // After one alone was run, the others say what they said before.
  keep() {
    this.list.querySelectorAll("[data-scenario].is-waiting").forEach((line) => {
      const before = this.kept.get(line.dataset.scenario);
      if (before) line.replaceWith(before.cloneNode(true));
    });
  }

  #told() {
    return [...this.list.querySelectorAll("[data-scenario].is-ok, [data-scenario].is-failed")];
  }

  // What was not reached waits again.
  end() {
    this.bar.hidden = true;
    this.asked.forEach((line) => this.#show(line, "is-waiting"));
    this.asked = [];
  }

  #next() {
    if (this.asked[0]) this.#show(this.asked[0], "is-running");
  }

  #show(line, state) {
    line.classList.remove(...STATES);
    line.classList.add(state);
  }

  #moved(n, of) {
    const bar = this.bar.querySelector("progress");
    bar.max = of;
    bar.value = n;
  }
}
