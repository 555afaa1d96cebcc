// What the panel knows of the draft and the office: `GET /studio/vocabulary.json` (engine/definitions/vocabulary.py).
// Whoever saves the draft fires `vocabulary.stale`; the panel asks again and is drawn anew.
const EMPTY = {
  roles: [], units: [], rules: [], actions: [], decisions: [], forms: [], procedures: [], papers: [], states: [],
  variables: { names: [], items: {}, closed: false },
  feel: { url: "", reasons: {}, functions: [] },
  urls: {},
};

export class Vocabulary {
  constructor(given, eventBus) {
    this._eventBus = eventBus;
    this._url = typeof given === "string" ? given : given?.url;
    this.current = { ...EMPTY, ...(typeof given === "object" ? given : {}) };
    eventBus.on("vocabulary.stale", () => this.refresh());
    if (this._url && !given.roles) this.refresh();
  }

  async refresh() {
    if (!this._url) return;
    const response = await fetch(this._url, { headers: { Accept: "application/json" } });
    if (!response.ok) return;
    this.replace(await response.json());
  }

  replace(given) {
    this.current = { ...EMPTY, ...given };
    this._eventBus.fire("vocabulary.changed", { vocabulary: this.current });
    this._eventBus.fire("propertiesPanel.providersChanged", {});
  }

  find(list, id) {
    return this.current[list].find((each) => each.id === id);
  }
}
