/** Who asks: documents that prove it, and the decision. */

import { useState } from "preact/hooks";
import { post } from "../../api";
import { localNow, time, withOffset } from "../../times";
import { Button, useActing } from "../../ui/button";
import { SelectField, TextField } from "../../ui/field";
import { Card } from "../../ui/page";
import { FormProblem } from "../../ui/states";
import { toast } from "../../ui/toast";
import { FormDialog, needed, renaming } from "../form-dialog";
import type { RightsRequest } from "../model";
import { METHODS } from "../words";
import type { Asking } from "./act-dialogs";
import type { Act } from "./use-request";

export function IdentityCard({ request, act }: { request: RightsRequest; act: Act }) {
  const [open, set] = useState(false);
  if (request.state !== "awaiting_identity") return null;
  return (
    <Card title="Who asks">
      <p>{request.email ? "A code went to the address. Whoever enters it on our page proves that the address is theirs, and then only that address is searched." : "There is no address, so no code can prove who asks."}</p>
      {request.identity?.decision === "not_proven" && <p class="wrong">The last proof was not enough; the person was asked for better.</p>}
      {request.documents > 0 && (
        <ul class="documents">
          {Array.from({ length: request.documents }, (_, place) => (
            <li key={place}>
              <Document request={request} number={place + 1} />
            </li>
          ))}
        </ul>
      )}
      <div class="acts">
        <Button onClick={() => set(true)}>Decide on the identity</Button>
      </div>
      {open && <DecideIdentity request={request} act={act} close={() => set(false)} />}
    </Card>
  );
}

/** A document: each look makes a link of its own, and is recorded. */
function Document({ request, number }: { request: RightsRequest; number: number }) {
  const acting = useActing();
  const [link, set] = useState<{ url: string; until: string } | null>(null);
  const look = () =>
    acting.run(async () => {
      const { url, valid_seconds } = await post<{ url: string; valid_seconds: number }>(`/v1/desk/requests/${request.reference}/documents/${number}/links`);
      set({ url, until: new Date(Date.now() + valid_seconds * 1000).toISOString() });
    });
  return (
    <>
      <span>Document {number}</span>
      {link ? (
        <>
          <a class="button" href={link.url} target="_blank" rel="noreferrer">
            Open document {number}
          </a>
          <span class="mute small">The link holds until {time(link.until)}.</span>
        </>
      ) : (
        <Button busy={acting.busy} onClick={look}>
          Make a link to see it
        </Button>
      )}
      <FormProblem problem={acting.problem} />
    </>
  );
}

export function DecideIdentity({ request, act, close }: Asking) {
  const [proven, prove] = useState(true);
  return (
    <FormDialog
      title="Decide on the identity"
      yes={proven ? "It is proven" : "It is not proven"}
      fields={["method", "at"]}
      close={close}
      act={(given) =>
        renaming({ identity: "at", "identity.at": "at" }, async () => {
          await act("POST", "identity", { decision: proven ? "proven" : "not_proven", method: given.method, at: withOffset(needed(given, "at", "Please say when.")) });
          toast(proven ? "Proven. Every store is being searched now." : "Not proven. The person is asked for better proof.");
        })
      }
    >
      {(problem) => (
        <>
          <fieldset class="choice">
            <legend>Is it the person who they say they are?</legend>
            <label>
              <input type="radio" name="decision" value="proven" checked={proven} onChange={() => prove(true)} /> Yes, it is proven
            </label>
            <label>
              <input type="radio" name="decision" value="not_proven" checked={!proven} onChange={() => prove(false)} /> No, this is not enough
            </label>
          </fieldset>
          <SelectField name="method" label="By what" problem={problem} options={Object.entries(METHODS).filter(([method]) => method !== "code")} />
          <TextField name="at" type="datetime-local" label="When it was there" problem={problem} defaultValue={localNow()} hint="It moves the start of the clock only if we asked for it within five days." />
          <p class="hint">
            {proven ? "The search begins at once, by everything that the person gave." : "The person gets a letter that asks for better proof; the request goes on waiting."}
            {request.documents > 0 && " The documents are deleted as soon as you have decided."}
          </p>
        </>
      )}
    </FormDialog>
  );
}
