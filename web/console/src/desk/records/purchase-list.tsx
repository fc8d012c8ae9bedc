/** Purchases: what the law wants kept of a sale. */

import { useState } from "preact/hooks";
import { post } from "../../api";
import { at } from "../../route";
import { day } from "../../times";
import { Button } from "../../ui/button";
import { SelectField, TextField } from "../../ui/field";
import { Page } from "../../ui/page";
import { toast } from "../../ui/toast";
import { londonDay } from "../days";
import { FormDialog, needed } from "../form-dialog";
import type { Purchase } from "../model";
import { Who } from "../parts";
import { ImportDialog } from "./purchase-import";
import { RecordList, useRecords } from "./record-list";

export const PROCESSORS: [string, string][] = [
  ["bank", "Bank"],
  ["paypal", "PayPal"],
];
const PATH = "/v1/desk/purchases";
const NEEDED = ["name", "what", "amount", "currency", "bought_on", "processor", "processor_reference"];
const FIELDS = [...NEEDED, "address", "email", "phone"];

export function PurchaseList() {
  const paged = useRecords<Purchase>(PATH);
  const [open, set] = useState<"record" | "import" | null>(null);
  return (
    <Page
      title="Purchases"
      lead="The records of sales that the law asks for. Card numbers never get in."
      acts={
        <>
          <Button onClick={() => set("import")}>Import a CSV file</Button>
          <Button kind="primary" icon="plus" onClick={() => set("record")}>
            Record a purchase
          </Button>
        </>
      }
    >
      <RecordList path={PATH} paged={paged} icon="purchase" one="purchase" many="purchases" to={(one) => at("desk", "purchases", one.id)} none={<p>Record them one by one, or import them from a CSV file.</p>}>
        {(one) => (
          <>
            <span class="row-main">
              <strong dir="auto">{one.what}</strong>
              <Who of={one} />
            </span>
            <span class="row-side">
              <span class="numbers">
                {one.amount} {one.currency}
              </span>
              <span class="small mute">{day(one.bought_on)}</span>
              {one.hold_until && <span class="tag warn">Held until {day(one.hold_until)}</span>}
            </span>
          </>
        )}
      </RecordList>
      {open === "record" && <RecordDialog close={() => set(null)} done={paged.again} />}
      {open === "import" && <ImportDialog close={() => set(null)} done={paged.again} />}
    </Page>
  );
}

function RecordDialog({ close, done }: { close: () => void; done: () => Promise<void> }) {
  return (
    <FormDialog
      title="Record a purchase"
      yes="Record it"
      wide
      fields={FIELDS}
      close={close}
      act={async (given) => {
        for (const field of NEEDED) needed(given, field);
        await post(PATH, Object.fromEntries(FIELDS.map((field) => [field, given[field]])));
        toast("Recorded.");
        await done();
      }}
    >
      {(problem) => (
        <>
          <div class="fields two">
            <TextField name="name" label="Name of the buyer" dir="auto" problem={problem} />
            <TextField name="what" label="What was bought" dir="auto" problem={problem} />
            <TextField name="amount" label="Amount" inputMode="decimal" placeholder="49.00" problem={problem} />
            <TextField name="currency" label="Currency" defaultValue="GBP" maxLength={3} problem={problem} />
            <TextField name="bought_on" label="Bought on" type="date" defaultValue={londonDay()} problem={problem} />
            <SelectField name="processor" label="Paid through" options={PROCESSORS} problem={problem} />
            <TextField name="processor_reference" label="Reference of the payment" problem={problem} hint="The bank’s or PayPal’s: the same one is recorded once." />
          </div>
          <div class="fields two">
            <TextField name="address" label="Address (may stay blank)" dir="auto" problem={problem} />
            <TextField name="email" label="Email address (may stay blank)" type="email" problem={problem} />
            <TextField name="phone" label="Phone number (may stay blank)" type="tel" problem={problem} />
          </div>
        </>
      )}
    </FormDialog>
  );
}
