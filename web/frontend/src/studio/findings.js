// What the server finds in the draft: a list, and marks on the elements. The server alone decides; here it is shown.
import { startChecking } from "./checking.js";
import { told } from "./words.js";

const READABLE = 0.6;
const BADGE = { top: -14, right: 14 };
const ORDER = { error: 0, warning: 1 };

const made = (name, attributes = {}, ...children) => {
  const element = Object.assign(document.createElement(name), attributes);
  element.append(...children);
  return element;
};

function icon(page, name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${page.icons}#${name}`);
  svg.append(use);
  return svg;
}

const SIGN = { error: "exclamation-octagon-fill", warning: "exclamation-triangle-fill", waived: "check-circle" };
const kindOf = (finding) => (finding.waived ? "waived" : finding.severity);

export function startFindings({ page, store, viewer, path, box }) {
  const list = box.querySelector("[data-list]");
  const count = box.querySelector("[data-count]");
  const status = box.querySelector("[data-status]");
  let shown = [];
  let answers = 0;

  const registry = () => viewer.get("elementRegistry");
  // a finding of a message, a lane set or an attribute stands at what is drawn around it
  const drawn = (id) => (id && registry().get(id)) || null;

  function jump(id) {
    const element = drawn(id);
    if (!element) return;
    const canvas = viewer.get("canvas");
    const root = canvas.findRoot?.(element);
    if (root && root !== canvas.getRootElement()) canvas.setRootElement(root);
    if (canvas.zoom() < READABLE) canvas.zoom(READABLE, "auto");
    canvas.scrollToElement(element, 120);
    viewer.get("selection").select(element);
    canvas.focus?.();
  }

  function place(finding) {
    if (finding.path && finding.path !== path) {
      return made("a", { href: `${page.urls.file}?path=${encodeURIComponent(finding.path)}`, textContent: finding.path });
    }
    const element = drawn(finding.element);
    if (element) {
      const name = element.businessObject.name || finding.element;
      const button = made("button", { type: "button", className: "button-link", textContent: name });
      button.addEventListener("click", () => jump(finding.element));
      return button;
    }
    return made("span", { textContent: [finding.element, finding.line && told(page, "line", { n: finding.line })].filter(Boolean).join(" · ") });
  }

  function row(finding) {
    const kind = kindOf(finding);
    const item = made("li", { className: `finding is-${kind}` });
    item.dataset.element = finding.element ?? "";
    item.dataset.code = finding.code;
    const body = made("div", {}, made("p", { className: "finding-message", textContent: finding.message }));
    const more = made("p", { className: "finding-place" }, place(finding));
    more.append(made("span", { className: "quiet", textContent: ` · ${finding.code}` }));
    if (finding.article) more.append(made("span", { className: "finding-article", textContent: finding.article }));
    body.append(more);
    if (finding.hint) body.append(made("p", { className: "finding-hint" }, icon(page, "info-circle"), made("span", { textContent: finding.hint })));
    item.append(made("span", { className: "finding-kind" }, icon(page, SIGN[kind]), made("span", { textContent: page.words[kind] })), body);
    return item;
  }

  function mark() {
    const canvas = viewer.get("canvas");
    const overlays = viewer.get("overlays");
    overlays.remove({ type: "finding" });
    registry().forEach((element) => ["error", "warning"].forEach((kind) => canvas.removeMarker(element, `has-${kind}`)));
    const at = Map.groupBy ? Map.groupBy(shown, (each) => each.element) : shown.reduce((all, each) => all.set(each.element, [...(all.get(each.element) ?? []), each]), new Map());
    at.forEach((found, id) => {
      const open = found.filter((each) => !each.waived && (!each.path || each.path === path));
      const element = drawn(id);
      if (!element || !open.length || !element.parent) return;
      const kind = open.some((each) => each.severity === "error") ? "error" : "warning";
      canvas.addMarker(element, `has-${kind}`);
      const badge = made("button", { type: "button", className: `finding-badge is-${kind}` }, icon(page, SIGN[kind]));
      badge.dataset.of = id;
      if (open.length > 1) badge.append(String(open.length));
      badge.setAttribute("aria-label", `${element.businessObject.name || id}：${open.map((each) => each.message).join("；")}`);
      badge.title = open.map((each) => each.message).join("\n");
      badge.addEventListener("click", () => {
        box.open = true;
        const line = [...list.children].find((each) => each.dataset.element === id);
        line?.scrollIntoView({ block: "nearest" });
        line?.classList.add("is-pointed");
        setTimeout(() => line?.classList.remove("is-pointed"), 1600);
      });
      overlays.add(element, "finding", { position: element.waypoints ? { bottom: 0, left: 0 } : BADGE, show: { minZoom: 0 }, scale: { min: 0.7, max: 1.2 }, html: badge });
    });
  }

  // What has the keys keeps them, though the list and the marks are made anew.
  function keepingFocus(act) {
    const { activeElement } = document;
    const row = list.contains(activeElement) ? activeElement.closest(".finding") : null;
    const badge = activeElement?.closest?.(".finding-badge") ? activeElement.dataset.of : null;
    const { scrollTop } = list;
    act();
    list.scrollTop = scrollTop;
    if (row) {
      const same = [...list.children].find(({ dataset }) => dataset.element === row.dataset.element && dataset.code === row.dataset.code);
      (same?.querySelector("button, a") ?? box.querySelector("summary")).focus({ preventScroll: true });
    }
    if (badge !== null) document.querySelector(`.finding-badge[data-of="${CSS.escape(badge)}"]`)?.focus({ preventScroll: true });
  }

  function show(found) {
    shown = [...found].sort((a, b) => Number(a.waived ?? false) - Number(b.waived ?? false) || ORDER[a.severity] - ORDER[b.severity]);
    keepingFocus(() => {
      list.replaceChildren(...shown.map(row));
      mark();
    });
    summarise();
    box.dataset.ready = String((answers += 1));
  }

  // Read out when it differs, not after every stroke.
  function summarise() {
    const errors = shown.filter((each) => each.severity === "error").length;
    const warnings = shown.filter((each) => each.severity === "warning" && !each.waived).length;
    const summary = `${errors} ${warnings}`;
    if (count.dataset.summary === summary) return;
    count.dataset.summary = summary;
    count.replaceChildren();
    if (errors) count.append(made("span", { className: "pill red" }, icon(page, SIGN.error), told(page, "errors", { n: errors })));
    if (warnings) count.append(made("span", { className: "pill yellow" }, icon(page, SIGN.warning), told(page, "warnings", { n: warnings })));
    if (!errors && !warnings) count.append(made("span", { className: "pill ok" }, icon(page, "check-circle"), page.words.clean));
  }

  const checking = startChecking({
    ask: async (text) => (await store.findings(path, text)).findings,
    show,
    say: (name) => {
      status.textContent = name ? page.words[name] : "";
    },
  });
  return { ...checking, mark, jump };
}
