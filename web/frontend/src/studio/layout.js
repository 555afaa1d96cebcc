// A file without a drawing is laid out by the browser. The layouter is only fetched by those who need it.
const DRAWN = /<(?:[\w.-]+:)?BPMN(?:Shape|Edge)\b/;

export const isDrawn = (xml) => DRAWN.test(xml);

function fetchLayouter(url) {
  return new Promise((done, fail) => {
    const script = Object.assign(document.createElement("script"), { src: url, onload: done, onerror: () => fail(new Error(url)) });
    document.head.append(script);
  });
}

export async function laidOut(xml, page) {
  await fetchLayouter(page.layouter);
  return globalThis.dubanLayout(xml);
}
