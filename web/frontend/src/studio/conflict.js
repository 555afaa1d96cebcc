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
  const button = notice.querySelector("[data-choose]");
  button.addEventListener("click", () => (mine ? dialog.showModal() : take()));

  function warn(name, standing, label) {
    notice.querySelector("[data-text]").textContent = told(page, name, who(standing));
    button.textContent = page.words[label];
  }

  return {
    async collided(answer) {
      mine = answer.mine;
      const standing = { ...answer, ...(await store.standing().catch(() => ({}))) };
      text.textContent = told(page, "conflict_text", who(standing));
      warn("conflict_short", standing, "choose");
      if (!dialog.open) dialog.showModal();
    },
    // Nothing of one's own is unsaved: there is nothing to choose between.
    others(standing) {
      warn("others_saved", standing, "load_theirs");
      notice.hidden = false;
    },
  };
}
