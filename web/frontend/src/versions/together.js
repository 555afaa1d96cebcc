// Drawings that are moved and zoomed as one.
export function synchronise(viewers) {
  let isLeading = null;
  viewers.forEach((viewer) => {
    viewer.on("canvas.viewbox.changed", ({ viewbox }) => {
      if (isLeading) return;
      isLeading = viewer;
      const { x, y, scale } = viewbox;
      viewers
        .filter((other) => other !== viewer)
        .forEach((other) => {
          const canvas = other.get("canvas");
          const { outer } = canvas.viewbox();
          canvas.viewbox({ x, y, width: outer.width / scale, height: outer.height / scale });
        });
      isLeading = null;
    });
  });
  // one look for all from the beginning
  const [first] = viewers;
  const canvas = first.get("canvas");
  const { x, y, width, height } = canvas.viewbox();
  canvas.viewbox({ x, y, width, height });
}
