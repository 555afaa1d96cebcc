// The year of the working calendar by keys: arrows go by days and weeks, PageUp and PageDown by months, Enter opens
// the day's editor. One day at a time can be reached with Tab, so that twelve sheets are one stop.
const BY_KEY = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

export function startCalendar() {
  const year = document.getElementById("calendar-year");
  if (!year) return;
  const days = new Map([...year.querySelectorAll("[data-day]")].map((link) => [link.dataset.day, link]));
  let current = null;

  const choose = (link) => {
    if (current) current.tabIndex = -1;
    current = link;
    current.tabIndex = 0;
  };
  days.forEach((link) => {
    link.tabIndex = -1;
  });
  choose(year.querySelector("[aria-current]") || year.querySelector(".is-today") || days.values().next().value);

  year.addEventListener("keydown", (event) => {
    const link = event.target.closest("[data-day]");
    if (!link || event.ctrlKey || event.metaKey || event.altKey) return;
    const wanted = days.get(target(link.dataset.day, event.key));
    if (!wanted) return;
    event.preventDefault();
    choose(wanted);
    wanted.focus();
  });
  year.addEventListener("click", (event) => {
    const link = event.target.closest("[data-day]");
    if (!link) return;
    year.querySelectorAll("[aria-current]").forEach((other) => other.removeAttribute("aria-current"));
    link.setAttribute("aria-current", "true");
    choose(link);
  });
  const editor = document.getElementById("editor");
  editor.addEventListener("htmx:afterSwap", () => {
    editor.querySelector("input[type=radio]:checked")?.focus();
    editor.scrollIntoView({ block: "nearest" });
  });
  editor.addEventListener("keydown", (event) => {
    if (event.key === "Escape") current.focus();
  });
  if (location.hash === "#editor") editor.querySelector("input[type=radio]:checked")?.focus();
}

function target(day, key) {
  const [year, month, date] = day.split("-").map(Number);
  const at = new Date(Date.UTC(year, month - 1, date));
  if (key in BY_KEY) at.setUTCDate(date + BY_KEY[key]);
  else if (key === "Home") at.setUTCDate(1);
  else if (key === "End") at.setUTCMonth(month, 0);
  else if (key === "PageUp" || key === "PageDown") {
    const other = new Date(Date.UTC(year, month - 1 + (key === "PageUp" ? -1 : 1) + 1, 0));
    at.setTime(Date.UTC(other.getUTCFullYear(), other.getUTCMonth(), Math.min(date, other.getUTCDate())));
  } else return "";
  return at.toISOString().slice(0, 10);
}
