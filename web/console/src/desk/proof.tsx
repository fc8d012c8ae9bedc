/** What the nightly proof found of each promise of the notice, and what the public page says of failures. */

import { useState } from "preact/hooks";
import { get, put } from "../api";
import { useAsked } from "../asked";
import { dayAndTime } from "../times";
import { Button } from "../ui/button";
import { AreaField } from "../ui/field";
import { Card, Page } from "../ui/page";
import { Empty, Shown } from "../ui/states";
import { toast } from "../ui/toast";
import { FormDialog } from "./form-dialog";
import { Words } from "./parts";
import { plural } from "./words";

type State = "kept" | "not_kept" | "could_not_be_checked";

interface PromiseProof {
  number: number;
  words: string;
  state: State | null;
  since: string | null;
  last: string | null;
  sentence: string | null;
  checks: { name: string; says: string; state: State; technical: string }[];
}

interface Proof {
  made_at: string | null;
  promises: PromiseProof[];
}

const STATES: Record<State, { words: string; tone: string }> = {
  kept: { words: "Kept", tone: "good" },
  not_kept: { words: "Not kept", tone: "bad" },
  could_not_be_checked: { words: "Could not be checked", tone: "warn" },
};
const PUBLIC_PAGE = "/proof";
const LONGEST = 500;

export function ProofPage() {
  const asked = useAsked(() => get<Proof>("/v1/desk/proof"), []);
  return (
    <Page
      title="Proof"
      lead={
        <>
          Each night a program checks whether the privacy notice is kept on this system, and publishes what it found at <a href={PUBLIC_PAGE}>{PUBLIC_PAGE}</a>. What it tells engineers is shown here only.
        </>
      }
    >
      {asked.problem?.kind === "not_our_desk" ? (
        <Empty icon="shield" title="Another desk answers for this">
          <p>
            The company that runs this system looks after its proof. What everybody may see of it is at <a href={PUBLIC_PAGE}>{PUBLIC_PAGE}</a>.
          </p>
        </Empty>
      ) : (
        <Shown of={asked} what="Loading the proof">
          {(proof) => <Promises of={proof} changed={asked.again} />}
        </Shown>
      )}
    </Page>
  );
}

function Promises({ of: { made_at, promises }, changed }: { of: Proof; changed: () => Promise<void> }) {
  if (!made_at) {
    return (
      <Empty icon="clock" title="Nothing was checked yet">
        <p>The first proof is made in the coming night. An engineer can make one at once: ./imchat proof</p>
      </Empty>
    );
  }
  const inState = (state: State | null): PromiseProof[] => promises.filter((promise) => promise.state === state);
  const failing = inState("not_kept");
  const unknown = inState("could_not_be_checked");
  return (
    <>
      <p class="mute">Last checked {dayAndTime(made_at)}.</p>
      <dl class="headline">
        <Count words="Kept" of={inState("kept")} />
        <Count words="Not kept" of={failing} bad />
        <Count words="Could not be checked" of={unknown} />
        <Count words="Proved by tests alone" of={inState(null)} />
      </dl>
      {failing.map((promise) => (
        <PromiseCard key={promise.number} promise={promise} changed={changed} />
      ))}
      {unknown.map((promise) => (
        <PromiseCard key={promise.number} promise={promise} changed={changed} />
      ))}
      {failing.length + unknown.length === 0 && (
        <Empty icon="tick" title="Every promise that can be checked is kept">
          <p>There is nothing to do.</p>
        </Empty>
      )}
    </>
  );
}

function Count({ words, of, bad = false }: { words: string; of: PromiseProof[]; bad?: boolean }) {
  return (
    <div class={bad && of.length > 0 ? "bad" : ""}>
      <dt>{words}</dt>
      <dd>
        <strong>{of.length}</strong>
      </dd>
    </div>
  );
}

function PromiseCard({ promise, changed }: { promise: PromiseProof; changed: () => Promise<void> }) {
  const [writing, write] = useState(false);
  const failing = promise.state === "not_kept";
  const kept = promise.checks.filter((check) => check.state === "kept");
  return (
    <Card title={`${promise.number}. ${promise.words}`}>
      <p>
        <StateTag of={promise.state} /> {promise.since && <span class="mute">since {dayAndTime(promise.since)}</span>}
      </p>
      <ul class="findings">
        {promise.checks
          .filter((check) => check.state !== "kept")
          .map((check) => (
            <li key={check.name}>
              <p>
                <StateTag of={check.state} /> <code>{check.name}</code>
              </p>
              <p>
                {check.state === "not_kept" ? "This is not so: " : "Whether this is so is not known: "}
                {check.says}
              </p>
              {check.technical && <p class="technical">{check.technical}</p>}
            </li>
          ))}
      </ul>
      {kept.length > 0 && (
        <details>
          <summary>{plural(kept.length, "other check")} kept</summary>
          <ul class="bullets">
            {kept.map((check) => (
              <li key={check.name}>{check.says}</li>
            ))}
          </ul>
        </details>
      )}
      {failing && (
        <>
          <h3>What the public page says</h3>
          {promise.sentence ? <Words>{promise.sentence}</Words> : <p class="mute">“We have been told and are looking into it.”</p>}
          <div class="acts">
            <Button kind={promise.sentence ? "plain" : "primary"} icon="edit" onClick={() => write(true)}>
              {promise.sentence ? "Change it" : "Write what happened"}
            </Button>
          </div>
        </>
      )}
      {writing && <Write promise={promise} changed={changed} close={() => write(false)} />}
    </Card>
  );
}

function StateTag({ of: state }: { of: State | null }) {
  return state && <span class={`tag ${STATES[state].tone}`}>{STATES[state].words}</span>;
}

function Write({ promise, changed, close }: { promise: PromiseProof; changed: () => Promise<void>; close: () => void }) {
  const current = promise.sentence ?? "";
  const [before] = useState(current);
  return (
    <FormDialog
      title="What the public page says"
      yes="Publish"
      fields={["sentence"]}
      close={close}
      act={async ({ sentence }) => {
        try {
          await put(`/v1/desk/proof/${promise.number}`, { sentence: sentence ?? "", instead_of: current });
          toast(sentence ? "Published." : "Taken back.");
        } finally {
          await changed();
        }
      }}
    >
      {(problem) => (
        <>
          <p>
            Promise {promise.number}: {promise.words}
          </p>
          {current !== before && <p class="notice">Somebody else wrote meanwhile. The page says now: {current ? `“${current}”` : "nothing."} Publishing replaces it.</p>}
          <AreaField
            name="sentence"
            label="In a sentence or two"
            dir="auto"
            maxLength={LONGEST}
            defaultValue={before}
            problem={problem}
            hint="Everybody can read it: what happened, whom it concerns, what is done. No names of people. It stays with this failure for two years. Leave it blank to take it back."
          />
        </>
      )}
    </FormDialog>
  );
}
