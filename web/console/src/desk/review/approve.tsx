/** The end of the review. */

import { useState } from "preact/hooks";
import { at, go } from "../../route";
import { Button } from "../../ui/button";
import { AreaField, SelectField } from "../../ui/field";
import { toast } from "../../ui/toast";
import { FormDialog, needed } from "../form-dialog";
import type { RightsRequest } from "../model";
import { Address } from "../request/answer-address";
import type { Act } from "../request/use-request";
import { approving, isCopied, needsAnother } from "../request/work";
import { GROUNDS, plural } from "../words";

const ONLY_THE_LOG: [string, string] = ["log", "Only take their details from the system log"];
const DECISIONS: Partial<Record<string, [string, string][]>> = {
  objection: [
    ["erasure", "It is right: delete their data"],
    ["restriction", "It is right: keep their data, and no longer use them"],
  ],
  restriction: [
    ["", "Restrict the use of their data"],
    ["lift", "A restriction ends: their data may be used again, and they are told before"],
  ],
};

export function ApproveButton({ request, act, me }: { request: RightsRequest; act: Act; me: string }) {
  const [open, set] = useState(false);
  const options = decisions(request);
  const another = needsAnother(request, me);
  const dangerous = request.type === "erasure" || request.type === "objection";
  return (
    <>
      <Button icon="tick" onClick={() => set(true)}>
        {request.type === "objection" ? "Decide and approve" : "Approve"}
      </Button>
      {open && (
        <FormDialog
          title="Approve"
          yes={another ? undefined : request.type === "erasure" ? "Approve, and delete" : "Approve"}
          danger={dangerous}
          fields={["decision", "ground", "not_done"]}
          close={() => set(false)}
          act={async (given) => {
            const decision = request.type === "objection" ? needed(given, "decision", "Please choose what is done.") : given.decision;
            await act("POST", "approve", { ...(decision && { decision }), ...(given.ground && { ground: given.ground }), ...(given.not_done && { not_done: given.not_done }) });
            toast("Approved.");
            go(at("desk", "requests", request.reference)); // where what is done now is seen
          }}
        >
          {(problem) => (
            <>
              {another && <p class="notice">You took this request in, decided on identity, entered where the answer goes, or judged what was found, so somebody else has to approve. Ask a colleague of the privacy desk.</p>}
              <Summary request={request} />
              {request.answer_to && (
                <section aria-label="Where the answer goes">
                  <h3>The answer goes to another address</h3>
                  <Address of={request.answer_to} />
                  {!request.answer_to.approved_by && <p class="notice">By approving the request you approve this address too.</p>}
                </section>
              )}
              {options && (
                <fieldset class="choice">
                  <legend>What is done</legend>
                  {options.map(([value, words], place) => (
                    <label key={value}>
                      <input type="radio" name="decision" value={value} defaultChecked={request.type !== "objection" && place === 0} /> {words}
                    </label>
                  ))}
                  {problem?.field === "decision" && <p class="wrong">{problem.message}</p>}
                </fieldset>
              )}
              {request.type === "erasure" && <SelectField name="ground" label="On which ground (UK GDPR Article 17(1))" problem={problem} options={GROUNDS} />}
              {!isCopied(request) && <AreaField name="not_done" label="What of it is not done, and why (if anything)" dir="auto" rows={2} problem={problem} hint="It stands in the receipt, with how to complain and go to court. What the law has us keep stands there by itself." />}
              <p>{approving(request)}</p>
            </>
          )}
        </FormDialog>
      )}
    </>
  );
}

function decisions({ type, log_removal }: RightsRequest): [string, string][] | undefined {
  const usual = DECISIONS[type ?? ""];
  if (!log_removal) return usual;
  return [...(usual ?? [["", "Delete their data, and take their details from the system log"]]), ONLY_THE_LOG];
}

function Summary({ request }: { request: RightsRequest }) {
  const sum = (what: "found" | "candidates") => request.progress.stores.reduce((total, one) => total + (one[what] ?? 0), 0);
  const [found, candidates] = [sum("found"), sum("candidates")];
  const aside = candidates - request.taken.length;
  return (
    <ul class="bullets">
      <li>{plural(found - candidates, "item was", "items were")} found without doubt.</li>
      {candidates > 0 && (
        <li>
          Of {plural(candidates, "candidate")} that the proof does not cover, {request.taken.length} {request.taken.length === 1 ? "is" : "are"} taken and {aside} put aside.
        </li>
      )}
      {request.redactions.length > 0 && <li>{plural(request.redactions.length, "thing is", "things are")} left out.</li>}
      {request.log_removal && <li>Their details go from the system log.</li>}
      {request.corrections.length > 0 && <li>{plural(request.corrections.length, "correction")} will be made.</li>}
    </ul>
  );
}
