// A choice that is searched: by words, pinyin initials and codes, with the keyboard and read out by screen readers.
import { Description, Errors, FormContext, Label, LocalExpressionContext, Select, Taglist, buildExpressionContext } from "@bpmn-io/form-js-viewer";
import { useContext, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { listOf, optionsOf } from "./options.js";
import { fill } from "./texts.js";

const MOST = 60;

// Best first: what begins so, then initials that begin so, then whatever has it.
function found(options, typed) {
  const words = typed.trim().toLowerCase();
  if (!words) return options;
  const rank = ({ label, find = "", value }) => {
    const shown = label.toLowerCase();
    if (shown.startsWith(words) || String(value).startsWith(words)) return 0;
    if (` ${find}`.includes(` ${words}`)) return 1;
    return shown.includes(words) || find.includes(words) ? 2 : 3;
  };
  return options
    .map((option, place) => ({ option, place, rank: rank(option) }))
    .filter((each) => each.rank < 3)
    .sort((a, b) => a.rank - b.rank || a.place - b.place)
    .map(({ option }) => option);
}

function Picker({ field, value, onChange, onBlur, onFocus, domId, errors = [], disabled, readonly, isMany }) {
  const { getService } = useContext(FormContext);
  const [office, form, feel] = [getService("config.office"), getService("form"), getService("expressionLanguage")];
  const context = useContext(LocalExpressionContext);
  const [typed, setTyped] = useState(null);
  const [isOpen, setOpen] = useState(false);
  const [active, setActive] = useState(0);
  const input = useRef();
  const list = useRef();

  const offered = optionsOf(field, {
    office,
    form,
    evaluate: (written) => (feel.isExpression(written) ? feel.evaluate(written, buildExpressionContext(context)) : written),
  }) || [];
  const chosen = isMany ? value || [] : value === null || value === undefined || value === "" ? [] : [value];
  const all = listOf(field) === "units" ? office.lists.all_units : offered;
  const labelOf = (one) => all.find((option) => option.value === one)?.label ?? String(one);
  const shown = useMemo(
    () => found(isMany ? offered.filter((option) => !chosen.includes(option.value)) : offered, typed ?? ""),
    [typed, offered.length, chosen.join("\n")],
  );
  const listed = shown.slice(0, MOST);
  const isLocked = disabled || readonly;
  const { texts } = office;

  useEffect(() => {
    list.current?.querySelector("[aria-selected='true']")?.scrollIntoView({ block: "nearest" });
  }, [active, isOpen]);

  const close = () => {
    setOpen(false);
    setTyped(null);
  };
  const open = () => {
    if (isLocked || isOpen) return;
    setActive(Math.max(0, isMany ? 0 : listed.findIndex((option) => option.value === value)));
    setOpen(true);
  };
  const choose = (option) => {
    onChange({ value: isMany ? [...chosen, option.value] : option.value });
    setTyped(isMany ? "" : null);
    setOpen(isMany);
    setActive(0);
  };
  const remove = (one) => {
    onChange({ value: isMany ? chosen.filter((each) => each !== one) : null });
    input.current.focus();
  };
  const onKeyDown = (event) => {
    const moves = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };
    if (event.isComposing) return;
    if (event.key in moves) {
      event.preventDefault();
      if (!isOpen) open();
      else setActive((place) => Math.min(Math.max(place + moves[event.key], 0), listed.length - 1));
    } else if (event.key === "Enter") {
      event.preventDefault();
      event.stopPropagation();
      if (isOpen && listed[active]) choose(listed[active]);
      else open();
    } else if (event.key === "Escape" && isOpen) {
      event.stopPropagation();
      close();
    } else if (event.key === "Backspace" && isMany && !typed && chosen.length && !isLocked) {
      onChange({ value: chosen.slice(0, -1) });
    }
  };

  const ids = { list: `${domId}-list`, help: `${domId}-help`, about: `${domId}-description`, wrong: `${domId}-error-message` };
  const input_ = (
    <input
      ref={input}
      id={domId}
      type="text"
      role="combobox"
      class={isMany ? "fjs-taglist-input" : "fjs-input"}
      autocomplete="off"
      spellcheck={false}
      aria-autocomplete="list"
      aria-expanded={isOpen}
      aria-controls={isOpen ? ids.list : undefined}
      aria-activedescendant={isOpen && listed[active] ? `${ids.list}-${active}` : undefined}
      aria-invalid={errors.length > 0}
      aria-required={field.validate?.required === true}
      aria-describedby={`${ids.about} ${ids.wrong} ${ids.help}`}
      disabled={disabled}
      readOnly={readonly}
      placeholder={isLocked ? texts.pick_empty : texts.pick}
      value={typed ?? (isMany || !chosen.length ? "" : labelOf(value))}
      onInput={(event) => {
        setTyped(event.target.value);
        setActive(0);
        setOpen(true);
      }}
      onKeyDown={onKeyDown}
      onMouseDown={open}
      onFocus={(event) => {
        if (!isMany && !isLocked) event.target.select();
        onFocus();
      }}
      onBlur={() => {
        close();
        onBlur();
      }}
    />
  );
  return (
    <div class={`fjs-form-field ${isMany ? "fjs-form-field-taglist" : "fjs-form-field-select"} office-picker${errors.length ? " fjs-has-errors" : ""}${readonly ? " fjs-readonly" : ""}`}>
      <Label htmlFor={domId} label={field.label} required={field.validate?.required} />
      {isMany ? (
        <div class={`fjs-taglist${readonly ? " fjs-readonly" : ""}${disabled ? " fjs-disabled" : ""}`}>
          <div class="fjs-taglist-tags">
            {chosen.map((one) => (
              <div class="fjs-taglist-tag" key={one}>
                <span class="fjs-taglist-tag-label">{labelOf(one)}</span>
                {!isLocked && (
                  <button
                    type="button"
                    class="fjs-taglist-tag-remove"
                    aria-label={fill(texts.pick_remove, { label: labelOf(one) })}
                    onClick={() => remove(one)}
                  >
                    ×
                  </button>
                )}
              </div>
            ))}
          </div>
          {input_}
        </div>
      ) : (
        <div class={`fjs-input-group${disabled ? " fjs-disabled" : ""}${readonly ? " fjs-readonly" : ""}${errors.length ? " hasErrors" : ""}`}>
          {input_}
          {!isLocked && chosen.length > 0 && (
            <button type="button" class="office-picker-clear" aria-label={texts.pick_clear} onMouseDown={(event) => event.preventDefault()} onClick={() => remove(value)}>
              ×
            </button>
          )}
        </div>
      )}
      <div class={isMany ? "fjs-taglist-anchor" : "fjs-select-anchor"}>
        {isOpen && (
          <div class="fjs-dropdownlist office-picker-list" id={ids.list} role="listbox" ref={list} aria-label={field.label} onMouseDown={(event) => event.preventDefault()}>
            {listed.map((option, place) => (
              <div
                key={option.value}
                id={`${ids.list}-${place}`}
                role="option"
                aria-selected={place === active}
                class={`fjs-dropdownlist-item${place === active ? " focused" : ""}`}
                onMouseMove={() => setActive(place)}
                onClick={() => choose(option)}
              >
                {option.label}
              </div>
            ))}
            {!listed.length && <div class="fjs-dropdownlist-empty">{texts.pick_none}</div>}
            {shown.length > MOST && <div class="fjs-dropdownlist-empty">{fill(texts.pick_more, { most: MOST })}</div>}
          </div>
        )}
      </div>
      <span class="visually-hidden" id={ids.help} role="status">
        {isOpen ? fill(shown.length ? texts.pick_count : texts.pick_none, { count: shown.length }) : isMany && chosen.length ? fill(texts.pick_chosen, { labels: chosen.map(labelOf).join("、") }) : ""}
      </span>
      <Description id={ids.about} description={field.description} />
      <Errors id={ids.wrong} errors={errors} />
    </div>
  );
}

const isSearched = (field) => field.searchable === true || Boolean(listOf(field)) || field.valuesKey === "units";

export function PickSelect(props) {
  return isSearched(props.field) ? <Picker {...props} isMany={false} /> : <Select {...props} />;
}
PickSelect.config = { ...Select.config, sanitizeValue: undefined };

export function PickTags(props) {
  return <Picker {...props} isMany />;
}
PickTags.config = { ...Taglist.config, sanitizeValue: undefined };
