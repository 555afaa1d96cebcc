// Somebody else saved: theirs is never overwritten, mine is never thrown away unasked.
import { told } from "./words.js";

export function startConflict({ page, store, path, dialog, notice, leave }) {
  const text = dialog.querySelector("[data-text]");
  const failed = dialog.querySelector("[data-failed]");
  let mine = "";

  const who = (answer) => ({ by: answer.changed_by_name ?? answer.changed_by ?? "", at: answer.changed_words ?? answer.changed_at ?? "" });
  const take = () => {
    leave();
    location.reload();
  };

  dialog.querySelector("[data-theirs]").addEventListener("click", take);
  dialog.querySelector("[data-mine]").addEventListener("click", async (event) => {
    event.currentTarget.disabled = true;
    try {
      const { url } = await store.copy({ [path]: mine });
      leave();
      location.assign(url);
    } catch (error) {
      failed.hidden = false;
      failed.textContent = told(page, "copy_failed", { reason: error.message });
      event.target.disabled = false;
    }
  });
  // closing it settles nothing: what was drawn stays on the page, and the notice leads back to the choice
  dialog.addEventListener("close", () => {
    notice.hidden = false;
  });
  notice.querySelector("[data-choose]").addEventListener("click", () => dialog.showModal());

  return {
    async collided(answer) {
      mine = answer.mine;
      const standing = await store.standing().catch(() => answer);
      text.textContent = told(page, "conflict_text", who({ ...answer, ...standing }));
      notice.querySelector("[data-text]").textContent = told(page, "conflict_short", who({ ...answer, ...standing }));
      if (!dialog.open) dialog.showModal();
    },
    // nothing of one's own is unsaved: there is nothing to choose between
    others(standing, isDirty, save) {
      if (isDirty) return save();
      notice.querySelector("[data-text]").textContent = told(page, "others_saved", who(standing));
      const button = notice.querySelector("[data-choose]");
      button.textContent = page.words.load_theirs;
      button.replaceWith(Object.assign(button.cloneNode(true), { onclick: take }));
      notice.hidden = false;
    },
  };
}
