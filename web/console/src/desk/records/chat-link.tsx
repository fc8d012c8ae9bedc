/** Saying which chat a call or mail belongs to. */

import { patch } from "../../api";
import { TextField } from "../../ui/field";
import { toast } from "../../ui/toast";
import { FormDialog } from "../form-dialog";
import type { Correspondence } from "../model";

const REFERENCE = /[a-z2-7]{26}/;

/** The chat's reference in what was typed or pasted: the reference itself, or the chat's address in the console. */
export const chatIn = (given: string | null | undefined): string | null => (given ? (REFERENCE.exec(given)?.[0] ?? given) : null);

export function LinkDialog({ of, close, take }: { of: Correspondence; close: () => void; take: (record: Correspondence) => void }) {
  return (
    <FormDialog
      title="Which chat it belongs to"
      yes="Save"
      fields={["chat_id"]}
      close={close}
      act={async (given) => {
        const linked = await patch<Correspondence>(`/v1/desk/correspondence/${of.id}`, { chat_id: chatIn(given.chat_id) });
        take(linked);
        toast(linked.chat_id ? "Linked to the chat." : "It belongs to no chat now.");
      }}
    >
      {(problem) => <TextField name="chat_id" label="Chat" problem={problem} defaultValue={of.chat_id ?? ""} hint="The chat’s reference, or its address in the console. Blank for none." />}
    </FormDialog>
  );
}
