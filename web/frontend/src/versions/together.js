// Drawings that are moved and zoomed as one. What stands elsewhere in one of them can be put side by side: then they
// are moved on with that distance between them.
export function synchronise(viewers) {
  const places = new Map(viewers.map((viewer) => [viewer, { x: 0, y: 0 }]));
  let isLeading = false;

  function put(viewer, { x, y }, scale) {
    const canvas = viewer.get("canvas");
    const { outer } = canvas.viewbox();
    const own = places.get(viewer);
    canvas.viewbox({ x: x + own.x, y: y + own.y, width: outer.width / scale, height: outer.height / scale });
  }

  function follow(leader, { x, y, scale }) {
    if (isLeading) return;
    isLeading = true;
    const own = places.get(leader);
    viewers.filter((viewer) => viewer !== leader).forEach((viewer) => put(viewer, { x: x - own.x, y: y - own.y }, scale));
    isLeading = false;
  }

  viewers.forEach((viewer) => viewer.on("canvas.viewbox.changed", ({ viewbox }) => follow(viewer, viewbox)));
  follow(viewers[0], viewers[0].get("canvas").viewbox());

  return {
    // `middles`: the point of each drawing that is to stand in the middle, null where it has none
    centre(middles, scale) {
      const lead = [...middles].reverse().find(Boolean);
      viewers.forEach((viewer, index) => {
        const middle = middles[index] ?? lead;
        places.set(viewer, { x: middle.x - lead.x, y: middle.y - lead.y });
      });
      const { outer } = viewers[0].get("canvas").viewbox();
      isLeading = true;
      viewers.forEach((viewer) => put(viewer, { x: lead.x - outer.width / scale / 2, y: lead.y - outer.height / scale / 2 }, scale));
      isLeading = false;
    },
    level() {
      viewers.forEach((viewer) => places.set(viewer, { x: 0, y: 0 }));
    },
  };
}
