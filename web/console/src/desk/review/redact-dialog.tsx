/** What is left out of a copy, and why: an item, a file, a line, or what is selected in the line. */

import { useEffect, useRef, useState } from "preact/hooks";
import { SelectField } from "../../ui/field";
import { toast } from "../../ui/toast";
import { FormDialog, needed } from "../form-dialog";
import type { Fact, Finding } from "../model";
import type { Act } from "../request/use-request";
import { REASONS, REASON_OPTIONS, byWhom, readable } from "../words";
import { type Span, cut, fromField, points, toField } from "./spans";

export interface Where {
  finding: Finding;
  fact?: Fact;
  /** What is selected of the fact; null where nothing is. */
  span?: Span | null;
  file?: Finding["files"][number];
}

export function RedactDialog({ where, act, close }: { where: Where; act: Act; close: () => void }) {
  const { finding, fact, file } = where;
  const [span, setSpan] = useState<Span | null>(where.span ?? null);
  const [reason, setReason] = useState("other_person");
  const what = fact ? (span ? "the selected text" : "this whole line") : file ? "this file" : "all of this item";
  return (
    <FormDialog
      title={`Leave out ${what}`}
      yes="Leave it out"
      wide
      fields={["reason", "start", "fact"]}
      close={close}
      act={async (given) => {
        await act("POST", "redactions", { item: finding.item, reason: needed(given, "reason"), ...(fact && { fact: fact.fact }), ...(fact && span), ...(file && { file: file.file }) });
        toast("Left out. Somebody else has to approve it.");
      }}
    >
      {(problem) => (
        <>
          {fact ? <Line fact={fact} span={span} set={setSpan} /> : <p>{file ? `The file ${file.name ?? "without a name"}` : readable(finding.title)}</p>}
          <SelectField name="reason" label="Why" problem={problem} value={reason} options={REASON_OPTIONS} hint={REASONS[reason]?.law} onChange={(event) => setReason(event.currentTarget.value)} />
          <p class="hint">The person sees that something was left out, and this reason; not what it was.</p>
        </>
      )}
    </FormDialog>
  );
}

/**
 * The line, in which the part is selected that is left out: with the mouse, or with Shift and the arrow keys. It takes no
 * input, but is not `readonly`: a browser moves no caret there.
 */
function Line({ fact, span, set }: { fact: Fact; span: Span | null; set: (span: Span | null) => void }) {
  const place = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    const field = place.current;
    if (!field) return;
    const units = (count: number) => toField(fact.value, cut(fact.value, { start: 0, end: count }).length);
    if (span) field.setSelectionRange(units(span.start), units(span.end));
    else field.setSelectionRange(0, 0);
  }, []);
  function look(field: HTMLTextAreaElement): void {
    const [start, end] = [field.selectionStart, field.selectionEnd].map((units) => points(fact.value, fromField(fact.value, units))) as [number, number];
    set(start < end ? { start, end } : null);
  }
  return (
    <>
      <div class="field">
        <label for="line-to-redact">{byWhom(fact.name)}</label>
        <textarea
          id="line-to-redact"
          class="line"
          aria-readonly="true"
          inputMode="none"
          spellcheck={false}
          rows={Math.min(8, 2 + Math.ceil(fact.value.length / 70))}
          dir="auto"
          aria-describedby="line-to-redact-hint"
          ref={place}
          value={fact.value}
          onBeforeInput={(event) => event.preventDefault()}
          onSelect={(event) => look(event.currentTarget)}
          onKeyUp={(event) => look(event.currentTarget)}
          onMouseUp={(event) => look(event.currentTarget)}
        />
        <p class="hint" id="line-to-redact-hint">
          Select what stays out: with the mouse, or with Shift and the arrow keys. With nothing selected the whole line stays out.
        </p>
      </div>
      <p class="leaving-out" role="status">
        {span ? (
          <>
            Left out: <del dir="auto">{cut(fact.value, span)}</del>
          </>
        ) : (
          "Left out: the whole line"
        )}
      </p>
    </>
  );
}
