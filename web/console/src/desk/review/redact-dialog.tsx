/** What is left out of a copy, and why: an item, a file, a line, or what is selected in the line. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { Problem } from "../../problem";
import { SelectField } from "../../ui/field";
import { toast } from "../../ui/toast";
import { FormDialog, type Given, needed } from "../form-dialog";
import type { Fact, Finding, RightsRequest, Weighed } from "../model";
import type { Act } from "../request/use-request";
import { CONSENT, INFORMATION, SCHEDULE, byWhom, readable, reasonLaw, reasonOptions } from "../words";
import { type Span, cut, fromField, points, toField } from "./spans";

export interface Where {
  finding: Finding;
  fact?: Fact;
  /** What is selected of the fact; null where nothing is. */
  span?: Span | null;
  file?: Finding["files"][number];
}

export function RedactDialog({ where, request, act, close }: { where: Where; request: RightsRequest; act: Act; close: () => void }) {
  const { finding, fact, file } = where;
  const [span, setSpan] = useState<Span | null>(where.span ?? null);
  const [reason, setReason] = useState("other_person");
  const weighing = reason === "other_person" && request.type !== "portability";
  const what = fact ? (span ? "the selected text" : "this whole line") : file ? "this file" : "all of this item";
  return (
    <FormDialog
      title={`Leave out ${what}`}
      yes="Leave it out"
      wide
      fields={["reason", "start", "fact", ...Object.keys(QUESTIONS)]}
      close={close}
      act={async (given) => {
        await act("POST", "redactions", { item: finding.item, reason: needed(given, "reason"), ...(weighing && { weighed: weighed(given) }), ...(fact && { fact: fact.fact }), ...(fact && span), ...(file && { file: file.file }) });
        toast("Left out. Somebody else has to approve it.");
      }}
    >
      {(problem) => (
        <>
          {fact ? <Line fact={fact} span={span} set={setSpan} /> : <p>{file ? `The file ${file.name ?? "without a name"}` : readable(finding.title)}</p>}
          <SelectField name="reason" label="Why" problem={problem} value={reason} options={reasonOptions(request.type)} hint={reasonLaw(reason, request.type)} onChange={(event) => setReason(event.currentTarget.value)} />
          {weighing && <Weighing problem={problem} before={request.redactions.findLast((one) => one.weighed)?.weighed} />}
          <p class="hint">{reason === "crime" ? "The copy shows no trace of it: no mark, no number, no reason. Tell the person nothing about it." : "The person sees that something was left out, and this reason; not what it was."}</p>
        </>
      )}
    </FormDialog>
  );
}

const YES_NO: [string, string][] = [
  ["yes", "Yes"],
  ["no", "No"],
];
const QUESTIONS: Record<keyof Weighed, { label: string; options: [string, string][] }> = {
  information: { label: "What it is about", options: INFORMATION },
  confidentiality: { label: "Do we owe them confidence?", options: YES_NO },
  consent: { label: "What was done to get their consent", options: CONSENT },
  capable: { label: "Are they capable of consenting?", options: YES_NO },
  refused: { label: "Did they expressly refuse?", options: YES_NO },
};

function weighed(given: Given): Weighed {
  const asked = (name: keyof Weighed) => needed(given, name, "Please choose.");
  return { information: asked("information"), confidentiality: asked("confidentiality") === "yes", consent: asked("consent"), capable: asked("capable") === "yes", refused: asked("refused") === "yes" };
}

/** What the law wants weighed about the other person; what was said last of another thing stands there at first. */
function Weighing({ problem, before }: { problem: Problem | undefined; before: Weighed | null | undefined }) {
  const answer = (value: string | boolean | undefined) => (typeof value === "boolean" ? (value ? "yes" : "no") : (value ?? ""));
  return (
    <fieldset class="choice">
      <legend>What was weighed</legend>
      <p class="hint">Nobody is left out who agrees, or where it is reasonable to tell without asking ({SCHEDULE} 16(2), (3)).</p>
      {(Object.entries(QUESTIONS) as [keyof Weighed, (typeof QUESTIONS)[keyof Weighed]][]).map(([name, { label, options }]) => (
        <SelectField key={name} name={name} label={label} problem={problem} value={answer(before?.[name])} options={[["", "Please choose"], ...options]} />
      ))}
    </fieldset>
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
