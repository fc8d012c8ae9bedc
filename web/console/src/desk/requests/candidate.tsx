/** Mails that may be requests: somebody says which they are. */

import { useState } from "preact/hooks";
import { get, post } from "../../api";
import { useAsked } from "../../asked";
import { at } from "../../route";
import { day } from "../../times";
import { Button } from "../../ui/button";
import { AreaField, SelectField } from "../../ui/field";
import { Shown } from "../../ui/states";
import { toast } from "../../ui/toast";
import { FormDialog, needed } from "../form-dialog";
import type { Correspondence, RightsRequest } from "../model";
import { Who, Words } from "../parts";
import { TYPE_OPTIONS, plural } from "../words";

/** What the API takes at once. */
const AT_ONCE = 100;

export function Candidates({ of, changed, spam = false }: { of: RightsRequest[]; changed: () => Promise<void>; spam?: boolean }) {
  if (of.length === 0) return null;
  return (
    <section class="candidates" aria-label="To be decided">
      <h2>{spam ? `${plural(of.length, "mail")} taken for spam` : `${plural(of.length, "message")} may be a request`}</h2>
      {of.length > 1 && <DropMany of={of.slice(0, AT_ONCE)} done={changed} />}
      <ul>
        {of.map((one) => (
          <li key={one.reference} class="candidate">
            <p>
              <Who of={one} />
              {one.automatic && <span class="tag">Sent by a machine</span>}
              {one.choices.length > 0 && <span class="mute small">It is not sure whose this is: {one.choices.join(", ")}. </span>}
              <span class="mute small">
                came on {day(one.received_at)}
                {one.channel === "chat" && ", in a chat"} · <a href={at("desk", "requests", one.reference)}>{one.reference}</a>
              </span>
            </p>
            <CandidateActs request={one} done={changed} />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Many at once, for one reason. */
function DropMany({ of, done }: { of: RightsRequest[]; done: () => Promise<unknown> }) {
  const [open, set] = useState(false);
  async function drop(because: string): Promise<void> {
    try {
      const { dropped, refused } = await post<{ dropped: string[]; refused: { reference: string }[] }>("/v1/desk/requests/drop", { references: of.map((one) => one.reference), because });
      toast(`${plural(dropped.length, "mail")} put aside.${refused.length > 0 ? ` Not these: ${refused.map((one) => one.reference).join(", ")}.` : ""}`);
    } finally {
      void done();
    }
  }
  return (
    <>
      <Button onClick={() => set(true)}>None of these {of.length} is a request</Button>
      {open && (
        <FormDialog title="None of them is a request" yes="Put all aside" fields={["because"]} close={() => set(false)} act={(given) => drop(needed(given, "because"))}>
          {(problem) => <AreaField name="because" label="Why none of them is" rows={2} problem={problem} hint="For our own records. Nothing is sent to anybody, and the mails themselves stay." />}
        </FormDialog>
      )}
    </>
  );
}

/** Reading the mail, making it a request of a type, or saying that it is none. */
export function CandidateActs({ request, done }: { request: RightsRequest; done: () => Promise<unknown> }) {
  const [open, set] = useState<"confirm" | "drop" | null>(null);
  const path = `/v1/desk/requests/${request.reference}`;
  async function act(what: "confirm" | "drop", body: object, said: string): Promise<void> {
    try {
      await post(`${path}/${what}`, body);
      toast(said);
    } finally {
      void done();
    }
  }
  return (
    <div class="acts">
      <Button kind="primary" onClick={() => set("confirm")}>
        It is a request
      </Button>
      <Button onClick={() => set("drop")}>It is not</Button>
      {open === "confirm" && (
        <FormDialog title="What is asked for?" yes="Confirm as a request" wide fields={["type", "email"]} close={() => set(null)} act={(given) => act("confirm", { type: needed(given, "type", "Please choose what is asked for."), ...(request.choices.length > 0 && { email: needed(given, "email", "Please choose whose request it is.") }) }, "It is a request now. The person is told that we have it.")}>
          {(problem) => (
            <>
              <Mail of={request} />
              <SelectField name="type" label="What is asked for" problem={problem} value={request.type ?? ""} options={[["", "Please choose"], ...TYPE_OPTIONS]} />
              {request.choices.length > 0 && <SelectField name="email" label="Whose request it is" problem={problem} options={[["", "Please choose"], ...request.choices.map((one): [string, string] => [one, one])]} />}
              <p class="hint">The person gets a letter that we have their request, with a code to prove their address. The month counts from the day on which it came.</p>
            </>
          )}
        </FormDialog>
      )}
      {open === "drop" && (
        <FormDialog title="It is not a request" yes="Put it aside" fields={["because"]} close={() => set(null)} act={(given) => act("drop", { because: needed(given, "because") }, "Put aside. The mail itself stays among the correspondence.")}>
          {(problem) => (
            <>
              <Mail of={request} />
              <AreaField name="because" label="Why it is none" rows={2} problem={problem} hint="For our own records. Nothing is sent to the person, and the mail itself stays." />
            </>
          )}
        </FormDialog>
      )}
    </div>
  );
}

function Mail({ of }: { of: RightsRequest }) {
  if (of.chat_id) return <ChatWords of={of} />;
  if (!of.correspondence_id) return null;
  return <MailText id={of.correspondence_id} />;
}

/** What an operator passed on. A list does not hold it. */
function ChatWords({ of }: { of: RightsRequest }) {
  const asked = useAsked(() => get<RightsRequest>(`/v1/desk/requests/${of.reference}`), [of.reference]);
  return (
    <Shown of={asked} what="Loading what was asked">
      {({ details, chat_id }) => (
        <div class="mail">
          <p class="mute small">
            Said in the chat <code>{chat_id}</code>, as the operator passes it on:
          </p>
          <Words>{details ?? "No words were passed on."}</Words>
        </div>
      )}
    </Shown>
  );
}

export function MailText({ id }: { id: string }) {
  const asked = useAsked(() => get<Correspondence>(`/v1/desk/correspondence/${id}`), [id]);
  return (
    <Shown of={asked} what="Loading the mail">
      {(mail) => (
        <div class="mail">
          {mail.subject && (
            <p>
              <strong dir="auto">{mail.subject}</strong>
            </p>
          )}
          <Words>{mail.text ?? "This mail has no text that could be read."}</Words>
        </div>
      )}
    </Shown>
  );
}
