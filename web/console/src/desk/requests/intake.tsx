/** Taking in a request that came by phone, letter, mail or form. */

import { useState } from "preact/hooks";
import { get, post } from "../../api";
import { useAsked } from "../../asked";
import { newId } from "../../ids";
import { at, go } from "../../route";
import { localNow, withOffset } from "../../times";
import { Button, useActing } from "../../ui/button";
import { AreaField, CheckField, SelectField, TextField, values } from "../../ui/field";
import { Card, Page } from "../../ui/page";
import { FormProblem, Shown } from "../../ui/states";
import { toast } from "../../ui/toast";
import { type Given, focusWrong, needed, renaming } from "../form-dialog";
import type { Correspondence, RightsRequest } from "../model";
import { CHANNELS, METHODS, TYPE_OPTIONS } from "../words";

const FIELDS = ["type", "channel", "received_at", "name", "email", "phone", "post", "details", "identity_method", "identity_at", "authority_what", "authority_at"];
const NAMES = { identity: "identity_at", "identity.method": "identity_method", "identity.at": "identity_at", authority: "authority_what", "authority.at": "authority_at" };

const moment = (given: Given, field: string): string => withOffset(needed(given, field, "Please say when."));

function body(given: Given, proven: boolean, byOther: boolean): object {
  return {
    type: needed(given, "type", "Please choose what is asked for."),
    channel: given.channel,
    received_at: moment(given, "received_at"),
    name: given.name,
    email: given.email,
    phone: given.phone,
    details: given.details,
    ...(given.post && { post: given.post }),
    ...(proven && { identity: { decision: "proven", method: given.identity_method, at: moment(given, "identity_at") } }),
    ...(byOther && { authority: { what: needed(given, "authority_what"), at: moment(given, "authority_at") } }),
  };
}

/** As `Intake`, of a call or mail in which it was said. */
export function IntakeFrom({ id }: { id: string }) {
  const asked = useAsked(() => get<Correspondence>(`/v1/desk/correspondence/${encodeURIComponent(id)}`), [id]);
  return (
    <Shown of={asked} what="Loading what it was said in">
      {(told) => <Intake told={told} />}
    </Shown>
  );
}

export function Intake({ told }: { told?: Correspondence }) {
  const acting = useActing();
  const [id] = useState(newId); // sent again, it is taken in once
  const [proven, prove] = useState(false);
  const [byOther, another] = useState(false);
  const [complaint, complain] = useState(false); // it needs no proof, and nothing is searched
  const problem = acting.problem;

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const done = await acting.run(() =>
      renaming(NAMES, async () => {
        const made = await post<RightsRequest>("/v1/desk/requests", { ...body(values(form), proven && !complaint, byOther && !complaint), ...(told && { correspondence_id: told.id }), client_id: id });
        toast(`Taken in. Its reference is ${made.reference}.`);
        go(at("desk", "requests", made.reference), { instead: true });
      }),
    );
    if (!done) focusWrong(form);
  }

  return (
    <Page title="Take in a request" up={{ to: at("desk", "requests"), words: "Requests" }} lead="For what came by phone, letter or mail, on social media or in person. The person gets a letter that we have it; without an email address you print it.">
      <form class="intake" noValidate onSubmit={submit}>
        <Card title="What came, and when">
          <div class="fields two">
            <SelectField name="type" label="What is asked for" problem={problem} options={[["", "Please choose"], ...TYPE_OPTIONS]} onChange={(event) => complain(event.currentTarget.value === "complaint")} />
            <SelectField name="channel" label="How it came" problem={problem} value={told?.channel === "email" ? "support_mail" : "phone"} options={Object.entries(CHANNELS)} />
            <TextField name="received_at" type="datetime-local" label="When it came" problem={problem} defaultValue={localNow(told && new Date(told.at))} hint="The month counts from this day, even if it lay unread." />
          </div>
          <AreaField name="details" label="What the person said or wrote" dir="auto" problem={problem} hint="In their words, as far as they help. Please no card numbers." />
        </Card>
        <Card title={complaint ? "Who complains, and where the answer goes" : "Whose data it is about"}>
          <p class="hint">{complaint ? "Nothing is searched, and nobody has to prove who they are." : "One of the three is enough. What is found by the name alone is only a candidate that you judge yourself."}</p>
          <div class="fields two">
            <TextField name="name" label="Name" dir="auto" problem={problem} defaultValue={told?.name ?? ""} />
            <TextField name="email" type="email" label="Email address" autocapitalize="none" spellcheck={false} problem={problem} defaultValue={told?.email ?? ""} />
            <TextField name="phone" type="tel" label="Phone number" problem={problem} defaultValue={told?.phone ?? ""} />
          </div>
          {complaint && <AreaField name="post" label="Postal address" rows={3} dir="auto" problem={problem} hint="Without an email address the letters go there: you print and send them." />}
        </Card>
        {!complaint && (
          <Card title="Who asks">
            <CheckField name="proven" label="Who asks is proven already" checked={proven} onChange={(event) => prove(event.currentTarget.checked)} />
            {proven ? (
              <div class="fields two">
                <SelectField name="identity_method" label="How it was proven" problem={problem} options={Object.entries(METHODS).filter(([method]) => method !== "code")} />
                <TextField name="identity_at" type="datetime-local" label="When the proof was there" problem={problem} defaultValue={localNow()} hint="It moves the start of the clock only if we asked for it within five days." />
              </div>
            ) : (
              <p class="hint">Then nothing is searched until it is: by a code to their address, or by a document that you judge.</p>
            )}
            <CheckField name="by_other" label="Somebody else asks for the person" checked={byOther} onChange={(event) => another(event.currentTarget.checked)} />
            {byOther && (
              <div class="fields two">
                <TextField name="authority_what" label="By what authority" dir="auto" problem={problem} hint="For example: a signed letter of the person to their solicitor." />
                <TextField name="authority_at" type="datetime-local" label="When it was shown" problem={problem} defaultValue={localNow()} />
              </div>
            )}
          </Card>
        )}
        <FormProblem problem={problem} fields={FIELDS} />
        <div class="form-acts">
          <Button kind="primary" type="submit" busy={acting.busy}>
            Take it in
          </Button>
          <a class="button" href={at("desk", "requests")}>
            Cancel
          </a>
        </div>
      </form>
    </Page>
  );
}
