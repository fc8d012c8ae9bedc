/** What can be done with a chat as a whole: giving it to somebody, ending it, deleting it. */

import { useState } from "preact/hooks";
import { post, remove } from "../api";
import { dayAndTime } from "../times";
import { Button, useActing } from "../ui/button";
import { Confirm, Dialog } from "../ui/dialog";
import { FormDialog, needed } from "../desk/form-dialog";
import { AreaField, SelectField } from "../ui/field";
import { FormProblem } from "../ui/states";
import { toast } from "../ui/toast";
import { useWatched } from "../watched";
import type { Chat, Receipt } from "./model";
import type { ChatStore } from "./store";

interface About {
  store: ChatStore;
  chat: Chat;
  close: () => void;
}

const path = (chat: Chat): string => `/v1/operator/chats/${chat.chat_id}`;

/** Gives the chat to an operator, whoever has it. Throws Problem. */
export async function give(store: ChatStore, chat: Chat, operatorId: string): Promise<void> {
  const act = chat.assigned_to ? "transfer" : "assign";
  const answer = await post<{ chat: Chat }>(`${path(chat)}/${act}`, { operator_id: operatorId });
  store.take(answer.chat);
}

export function HandOver({ store, chat, close }: About) {
  const presence = useWatched(store.presence.state);
  const acting = useActing();
  const colleagues = presence?.operators.filter((one) => one.operator_id !== chat.assigned_to) ?? [];
  async function to(operatorId: string, name: string): Promise<void> {
    if (!(await acting.run(() => give(store, chat, operatorId)))) return;
    toast(operatorId === store.me ? "The chat is yours." : `${name} has the chat now.`);
    close();
  }
  return (
    <Dialog title={chat.assigned_to ? "Hand the chat over" : "Give the chat to"} close={close}>
      <div class="dialog-body">
        {!colleagues.length && <p>There is nobody else to give it to.</p>}
        <ul class="colleagues">
          {colleagues
            .toSorted((one, two) => Number(two.present) - Number(one.present))
            .map((one) => (
              <li key={one.operator_id}>
                <button type="button" onClick={() => void to(one.operator_id, one.name)} aria-disabled={acting.busy}>
                  <span class={one.present ? "dot here" : "dot"} aria-hidden="true" />
                  <bdi>{one.operator_id === store.me ? `${one.name} (you)` : one.name}</bdi>
                  <span class="small mute">{one.present ? "Present" : "Away"}</span>
                </button>
              </li>
            ))}
        </ul>
      </div>
      <FormProblem problem={acting.problem} />
      <footer>
        <Button onClick={close}>Cancel</Button>
      </footer>
    </Dialog>
  );
}

export function EndChat({ store, chat, close }: About) {
  async function end(): Promise<void> {
    await post(`${path(chat)}/close`);
    await store.read(chat.chat_id);
    toast("The chat has ended.");
  }
  return (
    <Confirm title="End this chat?" yes="End chat" act={end} close={close}>
      <p>Nothing more can be said in it. {chat.visitor.email ? "The visitor is sent a copy of it." : "The visitor gave no email address, so no copy is sent."}</p>
    </Confirm>
  );
}

const ASKED: [string, string][] = [
  ["", "Please choose"],
  ["access", "A copy of what is held about them"],
  ["portability", "What they gave, as a file for another service"],
  ["rectification", "That something wrong is corrected"],
  ["erasure", "That their data are deleted"],
  ["restriction", "That their data are kept but not used"],
  ["objection", "That their data are no longer used as they are"],
  ["complaint", "They complain about how their data are used"],
];

/** Tells the privacy desk that the visitor makes a data-protection request. */
export function PassOn({ chat, close }: { chat: Chat; close: () => void }) {
  const { name, email, phone } = chat.visitor;
  return (
    <FormDialog
      title="A data-protection request"
      yes="Pass it on"
      fields={["type", "details"]}
      close={close}
      act={async (given) => {
        const { reference } = await post<{ reference: string }>(`${path(chat)}/request`, { type: needed(given, "type", "Please choose what is asked for."), details: given.details });
        toast(`The privacy desk has it. Its reference is ${reference}.`);
      }}
    >
      {(problem) => (
        <>
          <p>The privacy desk takes it from here: it makes sure who asks, and answers. Tell the visitor that it is passed on. Please do not delete the chat.</p>
          {!name && !email && !phone && <p class="notice">The visitor has not said who they are, so nothing can be found. Ask them for a name and an email address, then pass it on once more.</p>}
          <SelectField name="type" label="What the visitor asks for" problem={problem} options={ASKED} />
          <AreaField name="details" label="In their words" rows={3} dir="auto" problem={problem} hint="As far as it helps. The desk does not see the chat itself before it knows who asks." />
        </>
      )}
    </FormDialog>
  );
}

export function DeleteChat({ store, chat, close }: About) {
  const [receipt, set] = useState<Receipt | null>(null);
  const acting = useActing();
  async function act(): Promise<void> {
    await acting.run(async () => {
      set(await remove<Receipt>(path(chat)));
      store.gone(chat.chat_id);
    });
  }
  return (
    <Dialog title={receipt ? "The chat is deleted" : "Delete this chat?"} close={close}>
      {receipt ? (
        <Deleted receipt={receipt} />
      ) : (
        <div class="dialog-body">
          <p>All of it goes at once, for the visitor too: what was said, notes, name and contact details. No copy is sent any more. It cannot be undone.</p>
        </div>
      )}
      <FormProblem problem={acting.problem} />
      <footer>
        <Button onClick={close}>{receipt ? "Done" : "Cancel"}</Button>
        {!receipt && (
          <Button kind="danger" busy={acting.busy} onClick={() => void act()}>
            Delete chat
          </Button>
        )}
      </footer>
    </Dialog>
  );
}

function Deleted({ receipt }: { receipt: Receipt }) {
  return (
    <div class="dialog-body receipt" role="status">
      <h3>Removed</h3>
      <ul>
        {receipt.removed.map(({ what, count }) => (
          <li key={what}>{count > 1 ? `${what} (${count})` : what}</li>
        ))}
      </ul>
      <h3>Retained</h3>
      <ul>
        {receipt.retained.map(({ what, why, until }) => (
          <li key={what}>
            {what}. <span class="mute">{`Why: ${why}. ${until ? `Until ${dayAndTime(until)}.` : "It is about nobody."}`}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
