// Every page: htmx, the rail as a drawer, menus that close, the inbox and its keys.
import htmx from "htmx.org";
import { startBadge } from "./app/badge.js";
import { startCalendar } from "./app/calendar.js";
import { startDrawer } from "./app/drawer.js";
import { startHelp } from "./app/help.js";
import { startInbox } from "./app/inbox.js";
import { startMenus } from "./app/menus.js";
import { startOnce } from "./app/once.js";

window.htmx = htmx;

function start() {
  startBadge();
  startDrawer();
  startMenus();
  startHelp();
  startOnce();
  startInbox(htmx);
  startCalendar();
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();
