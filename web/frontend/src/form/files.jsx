// A file field: several at once, dropped or chosen, with progress; a task's files go to the case at once, those of a
// form that starts a case are sent with it.
import { Description, Errors, FilePicker, FormContext, Label } from "@bpmn-io/form-js-viewer";
import { useContext, useRef, useState } from "preact/hooks";
import { fill } from "./texts.js";
import { mostFiles, suffixesOf } from "./validator.js";

let given = 0;

function upload(office, field, file, onProgress) {
  return new Promise((resolve, reject) => {
    const body = new FormData();
    body.append("file", file);
    body.append("task_id", office.task_id);
    body.append("field", field);
    const request = new XMLHttpRequest();
    request.open("POST", office.upload_url);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", office.token);
    request.responseType = "json";
    request.upload.onprogress = ({ loaded, total }) => onProgress(Math.round((loaded / total) * 100));
    request.onload = () =>
      request.status < 300 ? resolve(request.response) : reject(new Error(request.response?.error || office.texts.files_gone));
    request.onerror = () => reject(new Error(office.texts.files_gone));
    request.send(body);
  });
}

export function FileField({ field, value, onChange, onBlur, domId, errors = [], disabled, readonly, fieldInstance }) {
  const office = useContext(FormContext).getService("config.office");
  const { texts } = office;
  const [busy, setBusy] = useState([]);
  const [isOver, setOver] = useState(false);
  const input = useRef();
  const held = useRef(value);
  held.current = Array.isArray(value) ? value : [];
  const most = mostFiles(field);
  const types = suffixesOf(field);

  const keep = (entries) => {
    held.current = entries;
    onChange({ value: entries });
  };
  const problemOf = (file) => {
    if (types.length && !types.some((type) => file.name.toLowerCase().endsWith(type))) {
      return fill(texts.files_type, { name: file.name, types: types.join("、") });
    }
    const megabytes = Math.floor(office.most_bytes / 1024 / 1024);
    return file.size > office.most_bytes ? fill(texts.files_large, { name: file.name, most: megabytes }) : "";
  };
  const change = (key, more) => setBusy((all) => all.map((each) => (each.key === key ? { ...each, ...more } : each)));
  const send = async (key, file) => {
    office.uploading += 1;
    try {
      const { attachment_id, name } = await upload(office, fieldInstance.valuePath.join("."), file, (percent) => change(key, { percent }));
      keep([...held.current, { id: attachment_id, name }]);
      setBusy((all) => all.filter((each) => each.key !== key));
    } catch ({ message }) {
      change(key, { wrong: fill(texts.files_failed, { name: file.name, reason: message }) });
    } finally {
      office.uploading -= 1;
    }
  };
  const add = (files) => {
    const room = Math.max(0, most - held.current.length - busy.filter((each) => !each.wrong).length);
    const taken = [...files].map((file, place) => ({
      key: (given += 1),
      name: file.name,
      percent: 0,
      file,
      wrong: problemOf(file) || (place >= room ? fill(texts.files_most, { most, count: held.current.length + files.length }) : ""),
    }));
    const good = taken.filter((each) => !each.wrong);
    if (office.upload_url) {
      setBusy((all) => [...all.filter((each) => !each.wrong), ...taken]);
      good.forEach(({ key, file }) => send(key, file));
    } else {
      good.forEach(({ key, file }) => office.files.set(key, file));
      setBusy(taken.filter((each) => each.wrong));
      if (good.length) keep([...held.current, ...good.map(({ key, name }) => ({ upload: key, name }))]);
    }
    input.current.value = "";
  };
  const remove = (place) => {
    const entry = held.current[place];
    if (entry.upload) office.files.delete(entry.upload);
    keep(held.current.filter((_, other) => other !== place));
    input.current?.focus();
  };

  const isLocked = disabled || readonly;
  const ids = { about: `${domId}-description`, wrong: `${domId}-error-message` };
  return (
    <div class={`fjs-form-field office-files${errors.length ? " fjs-has-errors" : ""}${readonly ? " fjs-readonly" : ""}`}>
      <Label htmlFor={domId} label={field.label} required={field.validate?.required} />
      {!isLocked && (
        <div
          class={`office-files-drop${isOver ? " is-over" : ""}`}
          onDragOver={(event) => {
            event.preventDefault();
            setOver(true);
          }}
          onDragLeave={() => setOver(false)}
          onDrop={(event) => {
            event.preventDefault();
            setOver(false);
            add(event.dataTransfer.files);
          }}
        >
          <input
            ref={input}
            id={domId}
            class="office-files-input"
            type="file"
            multiple={most > 1}
            accept={field.accept || undefined}
            aria-describedby={`${ids.about} ${ids.wrong}`}
            aria-invalid={errors.length > 0}
            onChange={(event) => add(event.target.files)}
            onBlur={onBlur}
          />
          <span class="button" aria-hidden="true">{texts.files_choose}</span>
          <span class="quiet" aria-hidden="true">{texts.files_drop}</span>
        </div>
      )}
      <Description id={ids.about} description={field.description} />
      <ul class="office-files-list">
        {held.current.map((entry, place) => (
          <li key={entry.id || entry.upload}>
            {entry.id ? (
              <a href={`/attachments/${encodeURIComponent(entry.id)}`} target="_blank" rel="noopener">{entry.name}</a>
            ) : (
              <span>
                {entry.name} <span class="quiet">{texts.files_later}</span>
              </span>
            )}
            {!isLocked && (
              <button type="button" class="office-files-remove" aria-label={fill(texts.files_remove, { name: entry.name })} onClick={() => remove(place)}>
                ×
              </button>
            )}
          </li>
        ))}
        {isLocked && !held.current.length && <li class="quiet">{texts.files_none}</li>}
      </ul>
      <div role="status">
        {busy.map(({ key, name, percent, wrong }) => (
          <div class="office-files-busy" key={key}>
            {wrong ? (
              <span class="fjs-form-field-error">{wrong}</span>
            ) : (
              <>
                <span>{fill(texts.files_progress, { name, percent })}</span>
                <progress max="100" value={percent} aria-label={name} />
              </>
            )}
          </div>
        ))}
      </div>
      <Errors id={ids.wrong} errors={errors} />
    </div>
  );
}
FileField.config = { ...FilePicker.config, emptyValue: [] };
