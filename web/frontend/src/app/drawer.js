// At 860 px and below the rail is a drawer.
export function startDrawer() {
  const rail = document.getElementById("rail");
  const toggle = document.getElementById("rail-toggle");
  const shade = document.getElementById("rail-shade");
  if (!rail || !toggle || !shade) return;

  function set(open) {
    rail.classList.toggle("is-open", open);
    toggle.setAttribute("aria-expanded", String(open));
    shade.hidden = !open;
    if (open) rail.querySelector("a")?.focus();
  }

  toggle.addEventListener("click", () => set(!rail.classList.contains("is-open")));
  shade.addEventListener("click", () => set(false));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && rail.classList.contains("is-open")) {
      set(false);
      toggle.focus();
    }
  });
}
