/** Fields of forms: a label, a hint, what is wrong with the value. */

import type { ComponentChildren, TargetedEvent, TargetedKeyboardEvent } from "preact";
import { useId } from "preact/hooks";
import type { Problem } from "../problem";

interface FieldProps {
  label: string;
  hint?: ComponentChildren;
  /** The problem of the form; shown here where it names this field. */
  problem?: Problem | undefined;
  /** The name of the field in the API. */
  name: string;
  /** The label is read out but not shown. */
  hidden?: boolean;
}

interface Given {
  id: string;
  name: string;
  "aria-describedby": string | undefined;
  "aria-invalid": boolean | undefined;
}

function Frame({ label, hint, problem, name, hidden, children }: FieldProps & { children: (given: Given) => ComponentChildren }) {
  const id = useId();
  const wrong = problem && problem.field === name ? problem.message : undefined;
  const described = [hint && `${id}-hint`, wrong && `${id}-wrong`].filter(Boolean).join(" ") || undefined;
  return (
    <div class="field">
      <label for={id} class={hidden ? "unseen" : ""}>
        {label}
      </label>
      {children({ id, name, "aria-describedby": described, "aria-invalid": wrong ? true : undefined })}
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {wrong && (
        <p class="wrong" id={`${id}-wrong`}>
          {wrong}
        </p>
      )}
    </div>
  );
}

type Heard<E extends HTMLElement> = (event: TargetedEvent<E>) => void;

/** The attributes of the browser's own fields that ours pass on. */
interface Native<E extends HTMLElement> {
  value?: string | number | undefined;
  /** What stands there at first; unlike `value` it never takes back what was typed. */
  defaultValue?: string | undefined;
  required?: boolean;
  readOnly?: boolean;
  disabled?: boolean;
  placeholder?: string;
  autocomplete?: string;
  maxLength?: number;
  dir?: "auto" | "ltr" | "rtl";
  onInput?: Heard<E>;
  onChange?: Heard<E>;
  onKeyDown?: (event: TargetedKeyboardEvent<E>) => void;
}

interface Input extends Native<HTMLInputElement> {
  type?: string;
  checked?: boolean;
  autocapitalize?: string;
  spellcheck?: boolean;
  inputMode?: "numeric" | "decimal" | "email" | "tel" | "url";
  min?: string | number;
  max?: string | number;
  step?: string | number;
  list?: string;
}

type Area = Native<HTMLTextAreaElement> & { rows?: number };

export function TextField({ label, hint, problem, name, hidden = false, ...input }: FieldProps & Input) {
  return (
    <Frame {...{ label, hint, problem, name, hidden }}>
      {(given) => <input type="text" autocomplete="off" {...(input as object)} {...given} />}
    </Frame>
  );
}

export function AreaField({ label, hint, problem, name, hidden = false, ...area }: FieldProps & Area) {
  return (
    <Frame {...{ label, hint, problem, name, hidden }}>
      {(given) => <textarea rows={4} {...(area as object)} {...given} />}
    </Frame>
  );
}

/** `options`: value and words of each choice. */
export function SelectField({ label, hint, problem, name, hidden = false, options, value, ...select }: FieldProps & Native<HTMLSelectElement> & { options: [string, string][] }) {
  return (
    <Frame {...{ label, hint, problem, name, hidden }}>
      {(given) => (
        <select {...(select as object)} {...given}>
          {options.map(([key, words]) => (
            <option key={key} value={key} selected={value === undefined ? false : key === value}>
              {words}
            </option>
          ))}
        </select>
      )}
    </Frame>
  );
}

export function CheckField({ label, name, ...input }: { label: ComponentChildren; name: string } & Input) {
  const id = useId();
  return (
    <div class="check">
      <input type="checkbox" {...(input as object)} id={id} name={name} />
      <label for={id}>{label}</label>
    </div>
  );
}

/** What a form's fields hold, by name, trimmed; null for what is blank. */
export function values(form: HTMLFormElement): Record<string, string | null> {
  return Object.fromEntries(
    [...new FormData(form)].map(([name, value]) => [name, (typeof value === "string" && value.trim()) || null]),
  );
}
