/** A question over the page that needs words: its form, and what becomes of it. */

import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Problem } from "../problem";
import { Button, useActing } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { values } from "../ui/field";
import { FormProblem } from "../ui/states";

export type Given = Record<string, string | null>;

interface FormDialogProps {
  title: string;
  /** What the button that does it says; without it there is only something to read. */
  yes?: string | undefined;
  danger?: boolean;
  wide?: boolean;
  /** The fields that show a problem themselves. */
  fields: string[];
  act: (given: Given) => Promise<unknown>;
  close: () => void;
  children: (problem: Problem | undefined) => ComponentChildren;
}

/** Stays open with everything that was typed where `act` is refused; closes once it is done. */
export function FormDialog({ title, yes, danger = false, wide = false, fields, act, close, children }: FormDialogProps) {
  const acting = useActing();
  const place = useRef<HTMLFormElement>(null);
  useEffect(() => place.current?.querySelector<HTMLElement>("input:not([type=radio]), select, textarea")?.focus(), []);
  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    if (await acting.run(() => act(values(form)))) close();
    else focusWrong(form);
  }
  return (
    <Dialog title={title} close={close} wide={wide}>
      <form noValidate onSubmit={submit} ref={place}>
        <div class="dialog-body">{children(acting.problem)}</div>
        <FormProblem problem={acting.problem} fields={fields} />
        <footer>
          <Button onClick={close}>{yes ? "Cancel" : "Close"}</Button>
          {yes && (
            <Button kind={danger ? "danger" : "primary"} type="submit" busy={acting.busy}>
              {yes}
            </Button>
          )}
        </footer>
      </form>
    </Dialog>
  );
}

/** Leads to the field that was refused, once it is marked. */
export function focusWrong(form: HTMLFormElement): void {
  requestAnimationFrame(() => form.querySelector<HTMLElement>("[aria-invalid=true]")?.focus());
}

/** As the API names a field, to as the form does: its refusal is shown at that field. */
export async function renaming<T>(names: Record<string, string>, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (failure) {
    const name = failure instanceof Problem && failure.field ? names[failure.field] : undefined;
    if (!(failure instanceof Problem) || !name) throw failure;
    throw new Problem(failure.status, { type: `/problems/${failure.kind}`, detail: failure.message, field: name }, failure.retryAfter);
  }
}

/** Refuses, as the API would, a field that is blank. */
export function needed(given: Given, field: string, detail = "Please fill this in."): string {
  const value = given[field];
  if (!value) throw new Problem(400, { type: "/problems/missing_field", detail, field });
  return value;
}
