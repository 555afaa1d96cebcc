// One canvas with drawings that are fetched once each: the draft's own, and those of what it calls.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer.js";

const MARKS = ["step-done", "step-token", "step-late", "step-here", "finding-here"];

export class Drawing {
  constructor(root, texts) {
    this.root = root;
    this.texts = texts;
    this.paper = root.querySelector(".canvas-paper");
    this.viewer = new NavigatedViewer({ container: this.paper });
    this.url = "";
    this.sources = new Map();
    root.querySelectorAll("[data-zoom]").forEach((button) => button.addEventListener("click", () => this.zoom(button.dataset.zoom)));
  }

  async show(url) {
    if (this.url === url) return true;
    if (!this.sources.has(url)) this.sources.set(url, fetch(url).then((response) => (response.ok ? response.text() : "")));
    const xml = await this.sources.get(url);
    try {
      await this.viewer.importXML(xml);
    } catch {
      this.said(xml && !xml.includes("BPMNShape") ? this.texts.no_drawing : this.texts.failed_drawing);
      return false;
    }
    this.url = url;
    this.viewer.get("canvas").zoom("fit-viewport", "auto");
    this.root.dataset.ready = "1";
    return true;
  }

  said(text) {
    this.root.dataset.ready = "1";
    this.paper.textContent = text;
  }

  zoom(how) {
    if (!this.url) return;
    const canvas = this.viewer.get("canvas");
    canvas.zoom(how === "fit" ? "fit-viewport" : canvas.zoom() * (how === "in" ? 1.25 : 0.8), "auto");
  }

  element(id) {
    return this.url ? this.viewer.get("elementRegistry").get(id) : undefined;
  }

  clear() {
    if (!this.url) return;
    const canvas = this.viewer.get("canvas");
    this.viewer.get("overlays").clear();
    this.viewer.get("elementRegistry").forEach(({ id }) => MARKS.forEach((mark) => canvas.removeMarker(id, mark)));
  }

  mark(id, marker, note = "") {
    if (!this.element(id)) return;
    this.viewer.get("canvas").addMarker(id, marker);
    if (!note) return;
    const html = document.createElement("div");
    html.className = marker === "step-late" || marker === "finding-here" ? "token-note is-late" : "token-note";
    html.textContent = note;
    this.viewer.get("overlays").add(id, { position: { top: -26, left: 0 }, html });
  }

  // Near enough to read, and in sight.
  look(id) {
    const element = this.element(id);
    if (!element || element.waypoints) return;
    const canvas = this.viewer.get("canvas");
    if (canvas.zoom() < 0.6) canvas.zoom(0.6, { x: element.x + element.width / 2, y: element.y + element.height / 2 });
    canvas.scrollToElement(element, 90);
  }
}
