/** That a person's details go from the system log: proposed by one, done once another approves. */

import { useState } from "preact/hooks";
import { AreaField, SelectField } from "../../ui/field";
import { Button, useActing } from "../../ui/button";
import { Card } from "../../ui/page";
import { FormProblem } from "../../ui/states";
import { toast } from "../../ui/toast";
import { FormDialog, needed } from "../form-dialog";
import type { RightsRequest } from "../model";
import { Words } from "../parts";
import type { Act } from "../request/use-request";
import { underReview } from "../request/work";
import { useStaff } from "../staff";
import { LOG_GROUNDS } from "../words";

export function LogRemovalCard({ request, act }: { request: RightsRequest; act: Act }) {
  const [proposing, propose] = useState(false);
  const taking = useActing();
  const name = useStaff();
  const there = request.log_removal;
  return (
    <Card title="The system log">
      {there ? (
        <>
          <p>
            {LOG_GROUNDS[there.ground]?.name}. Proposed by <bdi>{name(there.by)}</bdi>: once somebody else approves, name, address, number and old values in this person’s entries are replaced by keyed hashes.
          </p>
          <Words>{there.because}</Words>
          {underReview(request) && (
            <Button busy={taking.busy} onClick={() => void taking.run(() => act("DELETE", "log-removal"))}>
              Take it back
            </Button>
          )}
          <FormProblem problem={taking.problem} fields={[]} />
        </>
      ) : (
        <>
          <p class="mute">Names and addresses stay in it for twelve months, as evidence of use, unless this person’s interests outweigh ours or it is ordered.</p>
          {underReview(request) && <Button onClick={() => propose(true)}>Take their details from it</Button>}
        </>
      )}
      {proposing && <ProposeDialog act={act} close={() => propose(false)} />}
    </Card>
  );
}

function ProposeDialog({ act, close }: { act: Act; close: () => void }) {
  const [ground, choose] = useState("objection_upheld");
  return (
    <FormDialog
      title="Take their details from the system log"
      yes="Propose it"
      fields={["ground", "because"]}
      close={close}
      act={async (given) => {
        await act("POST", "log-removal", { ground: needed(given, "ground"), because: needed(given, "because", "Please write the reason.") });
        toast("Proposed. Somebody else has to approve it.");
      }}
    >
      {(problem) => (
        <>
          <SelectField name="ground" label="Why" problem={problem} value={ground} options={Object.entries(LOG_GROUNDS).map(([key, one]) => [key, one.name])} hint={LOG_GROUNDS[ground]?.law} onChange={(event) => choose(event.currentTarget.value)} />
          <AreaField name="because" label="The reason" dir="auto" problem={problem} hint="Name the decision or the order. The person can read this." />
          <p class="hint">What was done and when stays in the log. It cannot be taken back once it is approved.</p>
        </>
      )}
    </FormDialog>
  );
}
