// The panel shows what is selected, always. By itself it does not hear of a selection before its effects have run, and
// takes up again what it had shown when the vocabulary arrives in the frame in which something else is selected.
const LATE = 100;
const AGAIN_MS = 20;
const TIMES = 250;

export class Following {
  constructor(eventBus, selection, canvas) {
    this._eventBus = eventBus;
    this._selection = selection;
    this._canvas = canvas;
    this._shown = [];
    eventBus.on("propertiesPanel.updated", ({ element }) => { this._shown = [element].flat(); });
    eventBus.on(["selection.changed", "propertiesPanel.updated"], LATE, () => this._see());
  }

  _see() {
    if (this._waits || this._isTrue()) return;
    this._waits = true;
    this._tell(TIMES);
  }

  _tell(times) {
    setTimeout(() => {
      const selected = this._selection.get();
      if (!this._isTrue()) this._eventBus.fire("selection.changed", { oldSelection: selected, newSelection: selected });
      if (!this._isTrue() && times) this._tell(times - 1);
      else this._waits = false;
    }, AGAIN_MS);
  }

  _isTrue() {
    const selected = this._selection.get();
    const root = this._canvas.getRootElement();
    if (!selected.length && root.isImplicit) return true;
    const wanted = (selected.length ? selected : [root]).map(named);
    const shown = (this._shown.length ? this._shown : [root]).map(named);
    return wanted.length === shown.length && wanted.every((each) => shown.includes(each));
  }
}

// The panel shows an element where its label is selected.
const named = (element) => element.labelTarget ?? element;

Following.$inject = ["eventBus", "selection", "canvas"];
