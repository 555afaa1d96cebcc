// A form that starts a case, with its files: one request, with progress; what is refused is shown without losing a file.
import { fill } from "./texts.js";

// File entries get the places of their files in the request.
function numbered(value, files, order) {
  if (Array.isArray(value)) return value.map((each) => numbered(each, files, order));
  if (value === null || typeof value !== "object") return value;
  if (typeof value.upload === "number" && files.has(value.upload)) {
    order.push(files.get(value.upload));
    return { upload: order.length - 1, name: value.name };
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, numbered(inner, files, order)]));
}

export function sendWithFiles({ sender, data, office, state, onRefused }) {
  const order = [];
  const body = new FormData(sender);
  body.set("payload", JSON.stringify(numbered(data, office.files, order)));
  order.forEach((file) => body.append("file", file));
  const button = sender.querySelector("button[type=submit]");
  button.disabled = true;
  const failed = (message) => {
    button.disabled = false;
    state.textContent = "";
    onRefused([{ path: "", message }]);
  };
  const request = new XMLHttpRequest();
  request.open("POST", sender.action);
  request.setRequestHeader("Accept", "application/json");
  request.responseType = "json";
  request.upload.onprogress = ({ loaded, total }) => {
    state.textContent = fill(office.texts.files_sending, { percent: Math.round((loaded / total) * 100) });
  };
  request.onerror = () => failed(office.texts.files_gone);
  request.onload = () => {
    const { location: there, errors, error } = request.response || {};
    if (there) {
      location.assign(there);
      return;
    }
    button.disabled = false;
    state.textContent = "";
    onRefused(errors || [{ path: "", message: error || office.texts.files_gone }]);
  };
  request.send(body);
}
