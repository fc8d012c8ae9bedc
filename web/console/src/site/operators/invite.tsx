/** A new operator: who, and then the password for the first time, which is shown once. */

import { useState } from "preact/hooks";
import { post } from "../../api";
import { Button, useActing } from "../../ui/button";
import { Copy } from "../../ui/copy";
import { Dialog } from "../../ui/dialog";
import { TextField } from "../../ui/field";
import { FormProblem } from "../../ui/states";
import type { Operator } from "./page";

interface Invited {
  operator: Operator;
  temporary_password: string;
}

export function Invite({ close, invited }: { close: () => void; invited: () => void }) {
  const [made, set] = useState<Invited>();
  const acting = useActing();
  const [username, setUsername] = useState("");
  const [name, setName] = useState("");
  if (made) return <Password {...made} close={close} />;
  return (
    <Dialog title="Invite an operator" close={close}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void acting.run(async () => {
            set(await post<Invited>("/v1/account/operators", { username: username.trim(), name: name.trim() }));
            invited();
          });
        }}
      >
        <div class="dialog-body">
          <TextField
            label="User name"
            name="username"
            hint="They sign in with it. It cannot be changed later; visitors never see it."
            value={username}
            autocapitalize="none"
            spellcheck={false}
            required
            problem={acting.problem}
            onInput={(event) => setUsername(event.currentTarget.value)}
          />
          <TextField label="Public name" name="name" hint="What visitors read. It need not be a real name." value={name} dir="auto" required problem={acting.problem} onInput={(event) => setName(event.currentTarget.value)} />
        </div>
        <FormProblem problem={acting.problem} fields={["username", "name"]} />
        <footer>
          <Button onClick={close}>Cancel</Button>
          <Button kind="primary" type="submit" busy={acting.busy}>
            Invite
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}

/** Closing it is left to one button: the password is shown nowhere else. */
function Password({ operator, temporary_password, close }: Invited & { close: () => void }) {
  const console = `${location.origin}${location.pathname}`;
  const [asked, ask] = useState(false);
  return (
    <Dialog title={`${operator.name} is invited`} close={() => ask(true)}>
      <div class="dialog-body">
        <dl class="handed">
          <dt>User name</dt>
          <dd>
            <code>{operator.username}</code>
          </dd>
          <dt>Temporary password</dt>
          <dd class="handed-password">
            <code>{temporary_password}</code>
            <Copy text={temporary_password}>Copy the password</Copy>
          </dd>
        </dl>
        <p>
          <strong>This password is shown only now.</strong> Hand it over on a way that only they read, not in the same message as the user name. If it gets lost, invite the same user name again: that makes a new one, until they have
          signed in.
        </p>
        <ol class="handed-steps">
          <li>
            They open <code>{console}</code> and sign in with both.
          </li>
          <li>They are asked for a password of their own; this one ends with that.</li>
          <li>They find the chats, and say that they are present: from then on the chat is online.</li>
        </ol>
      </div>
      <div role="alert" class="form-problem">{asked && <p class="wrong">Once this is closed, the password cannot be shown again. Press “I have handed it over” to close.</p>}</div>
      <footer>
        <Button kind="primary" onClick={close}>
          I have handed it over
        </Button>
      </footer>
    </Dialog>
  );
}
