/** Saying whose a mail is, where that is not sure. */

import { post } from "../../api";
import { SelectField } from "../../ui/field";
import { toast } from "../../ui/toast";
import { FormDialog, needed } from "../form-dialog";
import type { Correspondence } from "../model";

/** Stands for none of them: it is no address. */
const NOBODY = "@";

export function OwnerDialog({ of, choices, close, take }: { of: Correspondence; choices: string[]; close: () => void; take: (record: Correspondence) => void }) {
  return (
    <FormDialog
      title="Whose mail it is"
      yes="Save"
      fields={["email"]}
      close={close}
      act={async (given) => {
        const email = needed(given, "email", "Please choose whose mail it is.");
        const chosen = await post<Correspondence>(`/v1/desk/correspondence/${of.id}/owner`, { email: email === NOBODY ? null : email });
        take(chosen);
        toast(chosen.email ? "It belongs to this address now." : "It belongs to none of its addresses now.");
      }}
    >
      {(problem) => (
        <>
          <SelectField
            name="email"
            label="It belongs to"
            problem={problem}
            value={of.chosen_by ? (of.email ?? NOBODY) : ""}
            options={[["", "Please choose"], ...choices.map((one): [string, string] => [one, one === of.from_email ? `${one} (sent from)` : one]), [NOBODY, "None of these"]]}
          />
          <p class="hint">Whoever proves this address gets the mail with a copy of their data. It is recorded that you chose it, and can be chosen anew.</p>
        </>
      )}
    </FormDialog>
  );
}
