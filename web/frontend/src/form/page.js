// What the server wrote into the page for the form: schema, values, errors, texts.
export function readIsland(id) {
  const element = document.getElementById(id);
  return element ? JSON.parse(element.textContent) : null;
}
