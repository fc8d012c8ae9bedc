/** Something that was found, with what staff make of it. */

import { useRef, useState } from "preact/hooks";
import { day } from "../../times";
import { Button, useActing } from "../../ui/button";
import { AreaField } from "../../ui/field";
import { FormProblem } from "../../ui/states";
import { toast } from "../../ui/toast";
import type { Fact, Finding, RightsRequest } from "../model";
import type { Act } from "../request/use-request";
import { isCopied, underReview } from "../request/work";
import { REASONS, byWhom, readable, size } from "../words";
import { CorrectDialog } from "./corrections";
import { RedactDialog, type Where } from "./redact-dialog";
import { type Span, pieces, selected } from "./spans";

interface FindingProps {
  finding: Finding;
  request: RightsRequest;
  act: Act;
  correctable: { field: string; name: string }[];
}

export function FindingCard({ finding, request, act, correctable }: FindingProps) {
  const [where, set] = useState<Where | null>(null);
  const [correcting, correct] = useState(false);
  const mine = request.redactions.filter((one) => one.item === finding.item);
  const whole = mine.find((one) => one.fact == null && one.file == null);
  const open = underReview(request);
  const taken = !finding.candidate || request.taken.includes(finding.item);
  const redactable = open && isCopied(request) && !whole && taken;
  return (
    <article class={`card finding ${whole || !taken ? "out" : ""}`} aria-label={readable(finding.title)}>
      <header>
        <h2>{readable(finding.title)}</h2>
        <span class="finding-tags">
          {finding.website && <span class="tag"><bdi>{finding.website.name}</bdi></span>}
          {finding.until && <span class="mute small">kept until {day(finding.until)}</span>}
          {whole && <span class="tag bad">Left out whole: {REASONS[whole.reason]?.name}</span>}
        </span>
      </header>
      {finding.candidate && <CandidateBar finding={finding} taken={taken} open={open} act={act} />}
      <dl class="finding-facts">
        {finding.facts.map((fact) => (
          <FactLine key={fact.fact} fact={fact} redactions={mine.filter((one) => one.fact === fact.fact)} whole={!!whole} redactable={redactable} leaveOut={(span) => set({ finding, fact, span })} />
        ))}
        {finding.files.map((file) => {
          const out = mine.find((one) => one.file === file.file);
          return (
            <div class="fact" key={`file ${file.file}`}>
              <dt>File</dt>
              <dd>
                <span class="value">
                  {out || whole ? <del>{file.name ?? "without a name"}</del> : <bdi>{file.name ?? "without a name"}</bdi>}{" "}
                  <span class="mute small">
                    {file.content_type}, {size(file.size)}
                  </span>
                </span>
                {redactable && !out && (
                  <Button kind="quiet" aria-label={`Leave out the file ${file.name ?? file.file}`} onClick={() => set({ finding, file })}>
                    Leave out …
                  </Button>
                )}
              </dd>
            </div>
          );
        })}
      </dl>
      {open && (redactable || correctable.length > 0) && (
        <div class="acts">
          {redactable && <Button onClick={() => set({ finding })}>Leave out all of this</Button>}
          {request.type === "rectification" && correctable.length > 0 && taken && <Button onClick={() => correct(true)}>Correct something here</Button>}
        </div>
      )}
      {where && <RedactDialog where={where} request={request} act={act} close={() => set(null)} />}
      {correcting && <CorrectDialog finding={finding} request={request} act={act} correctable={correctable} close={() => correct(false)} />}
    </article>
  );
}

interface FactLineProps {
  fact: Fact;
  redactions: RightsRequest["redactions"];
  whole: boolean;
  redactable: boolean;
  leaveOut: (span: Span | null) => void;
}

/** A fact; text that is selected in it can be left out, by the button that shows then or the one beside it. */
function FactLine({ fact, redactions, whole, redactable, leaveOut }: FactLineProps) {
  const place = useRef<HTMLSpanElement>(null);
  const [span, set] = useState<Span | null>(null);
  const isMoment = readable(fact.value) !== fact.value && !fact.value.includes(" ");
  const chosen = () => (redactable && !isMoment && place.current ? selected(place.current, fact.value) : null);
  const look = () => set(chosen());
  return (
    <div class="fact" onMouseUp={() => setTimeout(look)} onTouchEnd={() => setTimeout(look)} onKeyUp={look}>
      <dt>{byWhom(fact.name)}</dt>
      <dd>
        <span class="value" dir="auto" ref={place} title={isMoment ? fact.value : undefined}>
          {pieces(fact.value, whole ? [{}] : redactions).map((piece, number) => {
            const text = isMoment ? readable(piece.text) : piece.text;
            return piece.out ? <del key={number}>{text}</del> : <span key={number}>{text}</span>;
          })}
        </span>
        {redactable && fact.value !== "" && (
          <Button kind={span ? "primary" : "quiet"} aria-label={span ? "Leave out the selected text" : `Leave out something of “${byWhom(fact.name)}”`} onMouseDown={(event) => event.preventDefault()} onClick={() => leaveOut(chosen() ?? span)}>
            {span ? "Leave out the selected text" : "Leave out …"}
          </Button>
        )}
        {redactions.length > 0 && <span class="why small">Left out: {[...new Set(redactions.map((one) => REASONS[one.reason]?.name))].join("; ")}</span>}
      </dd>
    </div>
  );
}

function CandidateBar({ finding, taken, open, act }: { finding: Finding; taken: boolean; open: boolean; act: Act }) {
  const acting = useActing();
  const [because, write] = useState("");
  const described = finding.matched.includes("described");
  const say = async (yes: boolean) => {
    if (await acting.run(() => act("POST", "candidates", { item: finding.item, taken: yes, ...(because.trim() && { because: because.trim() }) }))) toast(yes ? "Taken as the person’s." : "Put aside: it is not the person’s.");
  };
  return (
    <div class="candidate-bar">
      <p>
        <strong>{taken ? "Taken as the person’s." : described ? "It fits what the person remembers." : "It only shares the name."}</strong> {taken ? "Somebody else has to approve." : "It stays out unless you are sure that it is theirs."}
      </p>
      {open && described && !taken && <AreaField name="because" label="Why it is theirs" dir="auto" hint="The reason is kept with the request." value={because} problem={acting.problem} onInput={(event) => write(event.currentTarget.value)} />}
      {open && (
        <Button busy={acting.busy} kind={taken ? "plain" : "primary"} onClick={() => say(!taken)}>
          {taken ? "It is not theirs" : "It is theirs"}
        </Button>
      )}
      <FormProblem problem={acting.problem} fields={["because"]} />
    </div>
  );
}
