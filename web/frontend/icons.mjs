// One SVG sprite with the icons that the pages use, taken from bootstrap-icons.
import { readFileSync } from "node:fs";
import { join } from "node:path";

const USED = [
  "archive", "arrow-clockwise", "arrow-left", "arrow-repeat", "bell", "bell-fill", "box-arrow-right", "calendar3",
  "check-circle", "check2", "chevron-right", "chevron-left", "clipboard-check", "clock-history", "cloud-check", "diagram-3", "download",
  "exclamation-octagon-fill", "exclamation-triangle-fill", "eye", "file-earmark-text", "folder2-open", "gear", "geo-alt",
  "hand-index", "hourglass-split", "inbox", "incognito", "info-circle", "journal-text", "keyboard", "list", "lock", "moon-stars",
  "paperclip", "pause-circle", "play-circle", "people", "person-circle", "person-check", "plus-lg", "printer", "question-circle", "record-circle-fill",
  "search", "shield-lock", "sliders", "stopwatch", "sun", "translate", "upload", "x-lg", "circle-half", "check-circle-fill", "zoom-in", "zoom-out",
  "arrows-fullscreen", "dash-circle", "envelope",
  "arrow-left-right", "arrow-return-left", "arrow-90deg-left", "arrow-counterclockwise", "person-dash", "send", "megaphone",
  "three-dots", "chat-square-text", "star", "star-fill", "arrow-right", "box-arrow-in-right", "arrow-down-up", "file-earmark-pdf", "file-earmark-image",
  "map", "align-center", "layout-sidebar-reverse",
];

export function iconSprite(here) {
  const symbols = USED.map((name) => {
    const svg = readFileSync(join(here, "node_modules", "bootstrap-icons", "icons", `${name}.svg`), "utf8");
    const body = svg.replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "").replace(/\s*\n\s*/g, "");
    return `<symbol id="${name}" viewBox="0 0 16 16">${body}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`;
}
