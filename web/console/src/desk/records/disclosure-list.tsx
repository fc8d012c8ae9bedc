/** The disclosure register: what authorities made us give. */

import { useState } from "preact/hooks";
import { post } from "../../api";
import { newId } from "../../ids";
import { at, go } from "../../route";
import { day, withOffset } from "../../times";
import { Button } from "../../ui/button";
import { AreaField, CheckField, TextField } from "../../ui/field";
import { Page } from "../../ui/page";
import { toast } from "../../ui/toast";
import { FormDialog, needed } from "../form-dialog";
import type { Disclosure } from "../model";
import { Who } from "../parts";
import { RecordList, useRecords } from "./record-list";

const PATH = "/v1/desk/disclosures";
const FIELDS = ["authority", "legal_basis", "reference", "data_given", "name", "email", "phone", "untold_until", "untold_because"];

export function DisclosureList() {
  const paged = useRecords<Disclosure>(PATH);
  const [proposing, propose] = useState(false);
  return (
    <Page
      title="Disclosures"
      lead="What an authority made us give, on what legal basis, and who decided. One person records it, another approves."
      acts={
        <Button kind="primary" icon="plus" onClick={() => propose(true)}>
          Record a disclosure
        </Button>
      }
    >
      <RecordList path={PATH} paged={paged} icon="disclosure" one="disclosure" many="disclosures" to={(one) => at("desk", "disclosures", one.id)} none={<p>When the police, a court or another authority demands data, record it here before anything is given.</p>}>
        {(one) => (
          <>
            <span class="row-main">
              <strong dir="auto">{one.authority}</strong>
              <span class="one-line" dir="auto">
                {one.data_given}
              </span>
              <Who of={one} />
            </span>
            <span class="row-side">
              <DisclosureTags of={one} />
              <span class="small mute">{day(one.at)}</span>
            </span>
          </>
        )}
      </RecordList>
      {proposing && <ProposeDialog close={() => propose(false)} />}
    </Page>
  );
}

export function DisclosureTags({ of }: { of: Disclosure }) {
  return (
    <span class="row-tags">
      {of.status === "approved" ? <span class="tag good">Approved</span> : <span class="tag warn">To be approved</span>}
      {of.untold_until && Date.parse(of.untold_until) > Date.now() && <span class="tag bad">Do not tell until {day(of.untold_until)}</span>}
    </span>
  );
}

function ProposeDialog({ close }: { close: () => void }) {
  const [untold, setUntold] = useState(false);
  const [id] = useState(newId); // sent again, it is recorded once
  return (
    <FormDialog
      title="Record a disclosure"
      yes="Record it for approval"
      wide
      fields={FIELDS}
      close={close}
      act={async (given) => {
        for (const field of ["authority", "legal_basis", "reference", "data_given"]) needed(given, field);
        const told = untold ? { untold_until: withOffset(`${needed(given, "untold_until", "Please choose a day.")}T23:59`), untold_because: needed(given, "untold_because") } : {};
        const made = await post<Disclosure>(PATH, { ...Object.fromEntries(FIELDS.slice(0, 7).map((field) => [field, given[field]])), ...told, client_id: id });
        toast("Recorded. Somebody else has to approve it.");
        go(at("desk", "disclosures", made.id));
      }}
    >
      {(problem) => (
        <>
          <div class="fields two">
            <TextField name="authority" label="Authority" dir="auto" problem={problem} />
            <TextField name="reference" label="Its reference" problem={problem} />
          </div>
          <AreaField name="legal_basis" label="Legal basis" rows={2} dir="auto" problem={problem} hint="For example: a court order of 3 March, number 123." />
          <AreaField name="data_given" label="What is given" rows={3} dir="auto" problem={problem} />
          <div class="fields two">
            <TextField name="name" label="Name of the person" dir="auto" problem={problem} />
            <TextField name="email" label="Email address" type="email" problem={problem} />
            <TextField name="phone" label="Phone number" type="tel" problem={problem} />
          </div>
          <CheckField name="untold" label="The law forbids to tell the person for a time" checked={untold} onChange={(event) => setUntold(event.currentTarget.checked)} />
          {untold && (
            <div class="fields two">
              <TextField name="untold_until" type="date" label="Until the end of" problem={problem} />
              <TextField name="untold_because" label="By what rule" dir="auto" problem={problem} hint="Until then no answer to the person hints at it." />
            </div>
          )}
        </>
      )}
    </FormDialog>
  );
}
