// A page with a form: the task page and the pages that start a case.
import { createForm } from "@bpmn-io/form-js-viewer";
import flatpickr from "flatpickr";
import { Mandarin } from "flatpickr/dist/l10n/zh.js";
import { startConflicts } from "./form/conflicts.js";
import { startDraft } from "./form/draft.js";
import { renderErrorList, showServerErrors, viewerErrors } from "./form/errors.js";
import { officeModule } from "./form/fields.js";
import { readIsland } from "./form/page.js";
import { sendWithFiles } from "./form/send.js";
import { fill } from "./form/texts.js";
import { translateModule } from "./form/translate.js";
import { typedIn } from "./form/values.js";

const FIRST_EFFECTS_MS = 50;

// Quick phrases go into text areas that say so.
function markTextAreas(container) {
  container.querySelectorAll("textarea:not([data-phrases], [readonly])").forEach((area) => area.setAttribute("data-phrases", ""));
}

async function start() {
  const container = document.getElementById("form");
  const sender = document.getElementById("completion");
  const page = readIsland("form-page");
  if (!container || !page) return;
  if (page.language === "zh") flatpickr.localize({ ...Mandarin, firstDayOfWeek: 1, yearAriaLabel: "年", monthAriaLabel: "月" });
  globalThis.formWords = { row_remove: (row) => fill(page.texts.row_remove, { row }), ...(page.language === "zh" ? { select: "请选择", search: "输入文字查找", time: "时:分" } : {}) };

  const office = {
    ...page,
    token: document.querySelector("meta[name=csrf-token]").content,
    files: new Map(),
    uploading: 0,
  };
  document.addEventListener("session-renewed", (event) => (office.token = event.detail.token));
  const form = await createForm({
    container,
    schema: page.schema,
    data: page.values,
    office,
    // a delayed update can lose what was typed before the field was registered
    debounce: false,
    additionalModules: [translateModule(page.language), officeModule],
  });
  await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn, FIRST_EFFECTS_MS)));
  container.officeForm = form;
  // what a browser writes back into the fields after "back", the form would not know of
  container.querySelector("form")?.setAttribute("autocomplete", "off");
  if (!page.editable) form.setProperty("readOnly", true);
  markTextAreas(container);
  // what a handler returns would keep the event from the others
  form.on("changed", () => {
    requestAnimationFrame(() => markTextAreas(container));
  });

  const box = document.getElementById("error-list");
  const state = document.getElementById("draft-state");
  if (page.errors.length) renderErrorList(box, showServerErrors(form, page.errors), container);
  const draft = startDraft({ form, office, state, sender });
  const conflicts = startConflicts({ form, office, box: document.getElementById("form-changes"), draft });
  container.dataset.ready = "1";
  if (!sender) return;

  // a button inside the form does what the page's own does
  container.addEventListener(
    "submit",
    (event) => {
      event.preventDefault();
      event.stopPropagation();
      sender.requestSubmit();
    },
    true,
  );
  sender.addEventListener("submit", (event) => {
    const stop = (listed) => {
      event.preventDefault();
      event.stopPropagation();
      if (listed) renderErrorList(box, listed, container);
    };
    const { errors } = form.submit();
    const data = typedIn(form);
    const listed = viewerErrors(form, errors, page.texts);
    if (office.uploading > 0) return stop([{ message: page.texts.files_waiting }]);
    if (listed.length) return stop(listed);
    renderErrorList(box, [], container);
    if (conflicts.isOpen()) {
      stop();
      return conflicts.focus();
    }
    if (office.files.size) {
      stop();
      const onRefused = (refused) => renderErrorList(box, showServerErrors(form, refused), container);
      return sendWithFiles({ sender, data, office, state, onRefused });
    }
    draft.stop();
    sender.elements.payload.value = JSON.stringify(data);
    if (sender.elements.seen) sender.elements.seen.value = JSON.stringify(office.seen);
  });
}

start();
