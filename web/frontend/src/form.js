// A page with a form: the task page and the pages that start a case.
import { createForm } from "@bpmn-io/form-js-viewer";
import flatpickr from "flatpickr";
import { Mandarin } from "flatpickr/dist/l10n/zh.js";
import { startDraft } from "./form/draft.js";
import { renderErrorList, showServerErrors, viewerErrors } from "./form/errors.js";
import { readIsland } from "./form/page.js";
import { translateModule } from "./form/translate.js";

const FIRST_EFFECTS_MS = 50;

async function start() {
  const container = document.getElementById("form");
  const sender = document.getElementById("completion");
  const page = readIsland("form-page");
  if (!container || !sender || !page) return;
  if (page.language === "zh") flatpickr.localize({ ...Mandarin, firstDayOfWeek: 1 });

  if (page.language === "zh") globalThis.formPlaceholders = { select: "请选择", search: "输入文字查找" };

  const form = await createForm({
    container,
    schema: page.schema,
    data: page.values,
    // a delayed update can lose what was typed before the field was registered
    debounce: false,
    additionalModules: [translateModule(page.language)],
  });
  await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn, FIRST_EFFECTS_MS)));
  if (!page.editable) form.setProperty("readOnly", true);
  container.dataset.ready = "1";

  const box = document.getElementById("error-list");
  if (page.errors.length) renderErrorList(box, showServerErrors(form, page.errors, container), container);

  const draft = startDraft({
    form,
    url: page.draft_url,
    token: document.querySelector("meta[name=csrf-token]").content,
    state: document.getElementById("draft-state"),
    texts: page.texts,
  });

  sender.addEventListener("submit", (event) => {
    const { data, errors } = form.submit();
    const listed = viewerErrors(form, errors);
    renderErrorList(box, listed, container);
    if (listed.length) {
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    draft.stop();
    sender.elements.payload.value = JSON.stringify(data);
  });
}

start();
