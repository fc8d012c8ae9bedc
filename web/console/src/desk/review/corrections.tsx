/** What is to be corrected once it is approved. */

import { useState } from "preact/hooks";
import { CheckField, SelectField, TextField } from "../../ui/field";
import { Card } from "../../ui/page";
import { toast } from "../../ui/toast";
import { FormDialog, needed, renaming } from "../form-dialog";
import type { Finding, RightsRequest } from "../model";
import type { Act } from "../request/use-request";
import { readable } from "../words";

export function Corrections({ request }: { request: RightsRequest }) {
  const list = request.corrections;
  const title = (item: string) => request.progress.stores.find(({ store }) => item.startsWith(`${store}:`))?.title;
  return (
    <Card title={list.length ? "To be corrected" : "Nothing is to be corrected yet"}>
      {list.length === 0 && <p class="mute">Choose “Correct something here” at an item.</p>}
      <ul class="left-out">
        {list.map((one) => (
          <li key={`${one.item} ${one.field}`}>
            <span>
              {title(one.item)}: {one.field} {one.value == null ? "is cleared" : "becomes"} {one.value != null && <strong dir="auto">{one.value}</strong>}
            </span>
          </li>
        ))}
      </ul>
      {list.length > 0 && <p class="hint">To change one, note it again at its item.</p>}
    </Card>
  );
}

interface CorrectProps {
  finding: Finding;
  request: RightsRequest;
  act: Act;
  correctable: { field: string; name: string }[];
  close: () => void;
}

export function CorrectDialog({ finding, request, act, correctable, close }: CorrectProps) {
  const [field, choose] = useState(correctable[0]?.field ?? "");
  const [clear, setClear] = useState(false);
  const label = correctable.find((one) => one.field === field)?.name;
  const now = finding.facts.find((one) => one.name === label)?.value;
  const noted = request.corrections.find((one) => one.item === finding.item && one.field === field);
  return (
    <FormDialog
      title="Correct something"
      yes="Note the correction"
      fields={["field", "value"]}
      close={close}
      act={(given) =>
        renaming({ [field]: "value" }, async () => {
          await act("POST", "corrections", { item: finding.item, field, value: clear ? null : needed(given, "value", "Please write what is right, or clear it.") });
          toast("Noted. It is corrected once the request is approved.");
        })
      }
    >
      {(problem) => (
        <>
          <p class="mute">{readable(finding.title)}</p>
          <SelectField name="field" label="What is wrong" problem={problem} value={field} options={correctable.map(({ field: key, name }) => [key, name])} onChange={(event) => choose(event.currentTarget.value)} />
          <p>
            It is now: {now === undefined ? <span class="mute">blank</span> : <bdi>{now}</bdi>}
          </p>
          {!clear && <TextField key={field} name="value" label="What is right" dir="auto" problem={problem} defaultValue={noted?.value ?? ""} />}
          <CheckField name="clear" label="Clear it instead" checked={clear} onChange={(event) => setClear(event.currentTarget.checked)} />
          <p class="hint">Nothing changes until the request is approved. What stood there before is kept in the system log only.</p>
        </>
      )}
    </FormDialog>
  );
}
