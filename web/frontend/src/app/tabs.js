// A strip of tabs that is wider than the window begins at the tab that is open.
export function startTabs() {
  document.querySelectorAll(".tabs [aria-current]").forEach((tab) => {
    const strip = tab.closest(".tabs");
    const [own, whole] = [tab, strip].map((each) => each.getBoundingClientRect());
    strip.scrollLeft += own.left + own.width / 2 - (whole.left + whole.width / 2);
  });
}
