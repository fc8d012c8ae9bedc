/** Canned replies: adding, changing, removing. */

import { useEffect, useState } from "preact/hooks";
import { Button, IconButton, useActing } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { AreaField, TextField } from "../ui/field";
import { Empty, FormProblem, Loading } from "../ui/states";
import { toast } from "../ui/toast";
import { useWatched } from "../watched";
import { canned, drop, load, save } from "./canned-replies";
import type { Canned } from "./model";

export function CannedDialog({ close }: { close: () => void }) {
  const all = useWatched(canned);
  const [editing, edit] = useState<Partial<Canned> | null>(null);
  const acting = useActing();
  useEffect(() => void acting.run(load), []);
  return (
    <Dialog title={editing ? (editing.id ? "Change a canned reply" : "New canned reply") : "Canned replies"} close={close} wide>
      {editing ? (
        <Editor key={editing.id ?? "new"} reply={editing} done={() => edit(null)} />
      ) : (
        <>
          <div class="dialog-body">
            <p class="mute">Texts that the whole site keeps ready. Type / and the shortcut in a reply to put one in.</p>
            <FormProblem problem={acting.problem} />
            {!all && !acting.problem && <Loading />}
            {all?.length === 0 && (
              <Empty icon="register" title="None yet">
                <p>Keep what you type again and again: a greeting, the opening hours, where the parcel is.</p>
              </Empty>
            )}
            <ul class="canned-list">
              {all?.map((one) => (
                <li key={one.id}>
                  <div>
                    <strong>/{one.shortcut}</strong>
                    <p dir="auto">{one.text}</p>
                  </div>
                  <IconButton icon="note" label={`Change /${one.shortcut}`} onClick={() => edit(one)} />
                  <Remove reply={one} />
                </li>
              ))}
            </ul>
          </div>
          <footer>
            <Button onClick={close}>Done</Button>
            <Button kind="primary" icon="plus" onClick={() => edit({})}>
              New reply
            </Button>
          </footer>
        </>
      )}
    </Dialog>
  );
}

function Editor({ reply, done }: { reply: Partial<Canned>; done: () => void }) {
  const acting = useActing();
  const [shortcut, setShortcut] = useState(reply.shortcut ?? "");
  const [text, setText] = useState(reply.text ?? "");
  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    if (await acting.run(() => save(reply.id, shortcut.trim().replace(/^\//, ""), text))) {
      toast("Kept.");
      done();
    }
  }
  return (
    <form noValidate onSubmit={submit}>
      <div class="dialog-body">
        <TextField name="shortcut" label="Shortcut" value={shortcut} onInput={(event) => setShortcut(event.currentTarget.value)} problem={acting.problem} hint="Letters, digits, - and _, as: hello" autocapitalize="none" spellcheck={false} maxLength={41} />
        <AreaField name="text" label="Text" value={text} onInput={(event) => setText(event.currentTarget.value)} problem={acting.problem} rows={6} dir="auto" hint="At most 4,000 characters." />
      </div>
      <FormProblem problem={acting.problem} fields={["shortcut", "text"]} />
      <footer>
        <Button onClick={done}>Back</Button>
        <Button kind="primary" type="submit" busy={acting.busy}>
          Keep it
        </Button>
      </footer>
    </form>
  );
}

/** Asks on the button itself: a second window would hide what is being removed. */
function Remove({ reply }: { reply: Canned }) {
  const [sure, ask] = useState(false);
  const acting = useActing();
  if (!sure) return <IconButton icon="trash" label={`Remove /${reply.shortcut}`} onClick={() => ask(true)} />;
  return (
    <span class="acts">
      <Button kind="danger" busy={acting.busy} onClick={() => void acting.run(() => drop(reply.id))}>
        Remove
      </Button>
      <Button onClick={() => ask(false)}>Keep</Button>
      <FormProblem problem={acting.problem} />
    </span>
  );
}
