// Every page: htmx, the rail as a drawer, menus that close, the inbox and its keys.
import htmx from "htmx.org";
import { startActs } from "./app/acts.js";
import { startBadge } from "./app/badge.js";
import { startCalendar } from "./app/calendar.js";
import { startUploads } from "./app/case_upload.js";
import { startDrawer } from "./app/drawer.js";
import { startGoto } from "./app/goto.js";
import { startHelp } from "./app/help.js";
import { startInbox } from "./app/inbox.js";
import { startMenus } from "./app/menus.js";
import { startOnce } from "./app/once.js";
import { startPeople } from "./app/people.js";
import { startPhrases } from "./app/phrases.js";
import { startSession } from "./app/session.js";
import { startTabs } from "./app/tabs.js";

window.htmx = htmx;

function start() {
  startBadge();
  startDrawer();
  startTabs();
  startGoto();
  startMenus();
  startHelp();
  startSession();
  startOnce();
  startInbox(htmx);
  startCalendar();
  startUploads(htmx);
  startPeople();
  startActs();
  startPhrases();
  document.addEventListener("htmx:load", (event) => startPeople(event.detail.elt));
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();
