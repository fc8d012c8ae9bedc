/** Who answers the chats. */

import { useState } from "preact/hooks";
import { get, patch, query, whole } from "../../api";
import { useAsked } from "../../asked";
import { Button, useActing } from "../../ui/button";
import { Confirm, Dialog } from "../../ui/dialog";
import { TextField } from "../../ui/field";
import { Page } from "../../ui/page";
import { Empty, FormProblem, Shown } from "../../ui/states";
import { toast } from "../../ui/toast";
import { Invite } from "./invite";

export interface Operator {
  operator_id: string;
  name: string;
  username: string;
  present: boolean;
  disabled: boolean;
}

type Act = { what: "rename" | "disable" | "enable"; operator: Operator };

const change = (operator: Operator, changed: { name?: string; disabled?: boolean }) =>
  patch<Operator>(`/v1/account/operators/${encodeURIComponent(operator.operator_id)}`, changed);

async function everybody(): Promise<{ operators: Operator[] }> {
  const { operators } = await whole<{ operators: Operator[] }>((next) => get(query("/v1/account/operators", { next })));
  return { operators: operators.sort((one, two) => one.name.localeCompare(two.name)) };
}

export function OperatorsPage() {
  const asked = useAsked(everybody, []);
  const [inviting, invite] = useState(false);
  const [act, set] = useState<Act>();
  const done = async (words: string) => {
    toast(words);
    await asked.again();
  };
  return (
    <Page
      title="Operators"
      lead="They answer your visitors, who see their public names and nothing else of them."
      acts={
        <Button kind="primary" icon="plus" onClick={() => invite(true)}>
          Invite an operator
        </Button>
      }
    >
      <Shown of={asked}>
        {({ operators }) =>
          operators.length ? (
            <ul class="card operators">
              {operators.map((one) => (
                <Row key={one.operator_id} operator={one} ask={(what) => set({ what, operator: one })} />
              ))}
            </ul>
          ) : (
            <Empty icon="people" title="Nobody answers yet">
              <p>Invite the first operator: they sign in here, and from then on the chat can be online.</p>
            </Empty>
          )
        }
      </Shown>
      {inviting && <Invite close={() => invite(false)} invited={() => void asked.again()} />}
      {act?.what === "rename" && <Rename operator={act.operator} close={() => set(undefined)} done={done} />}
      {act && act.what !== "rename" && <Disable {...act} close={() => set(undefined)} done={done} />}
    </Page>
  );
}

function Row({ operator: { name, username, present, disabled }, ask }: { operator: Operator; ask: (what: Act["what"]) => void }) {
  return (
    <li class={disabled ? "member out" : "member"}>
      <span class={present && !disabled ? "face here" : "face"} aria-hidden="true">
        {[...name.trim()][0]?.toUpperCase()}
      </span>
      <div class="who">
        <strong>
          <bdi>{name}</bdi>
        </strong>
        <span class="mute small">
          signs in as <bdi>{username}</bdi>
        </span>
      </div>
      <span class={disabled ? "tag bad" : present ? "tag good" : "tag"}>{disabled ? "Disabled" : present ? "Present" : "Away"}</span>
      <div class="acts">
        <Button kind="quiet" icon="edit" onClick={() => ask("rename")}>
          Rename<span class="unseen"> {name}</span>
        </Button>
        {disabled ? (
          <Button onClick={() => ask("enable")}>
            Enable<span class="unseen"> {name}</span>
          </Button>
        ) : (
          <Button onClick={() => ask("disable")}>
            Disable<span class="unseen"> {name}</span>
          </Button>
        )}
      </div>
    </li>
  );
}

interface ActProps {
  operator: Operator;
  close: () => void;
  done: (words: string) => Promise<void>;
}

function Rename({ operator, close, done }: ActProps) {
  const acting = useActing();
  const [name, set] = useState(operator.name);
  return (
    <Dialog title={`Rename ${operator.name}`} close={close}>
      <form
        noValidate
        onSubmit={async (event) => {
          event.preventDefault();
          if (!(await acting.run(() => change(operator, { name: name.trim() })))) return;
          close();
          await done("Renamed.");
        }}
      >
        <div class="dialog-body">
          <TextField label="Public name" name="name" hint="What visitors read, also beside what was said before." value={name} dir="auto" problem={acting.problem} onInput={(event) => set(event.currentTarget.value)} />
        </div>
        <FormProblem problem={acting.problem} fields={["name"]} />
        <footer>
          <Button onClick={close}>Cancel</Button>
          <Button kind="primary" type="submit" busy={acting.busy}>
            Save
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}

function Disable({ what, operator, close, done }: ActProps & { what: Act["what"] }) {
  const disabling = what === "disable";
  return (
    <Confirm
      title={`${disabling ? "Disable" : "Enable"} ${operator.name}?`}
      yes={disabling ? "Disable" : "Enable"}
      danger={disabling}
      close={close}
      act={async () => {
        await change(operator, { disabled: disabling });
        void done(disabling ? "Disabled." : "Enabled.");
      }}
    >
      {disabling ? (
        <>
          <p>They are signed out everywhere and cannot sign in again. What they have answered stays, under their name.</p>
          <p>Chats that are assigned to them stay so until a colleague takes them over. You can enable them again at any time.</p>
        </>
      ) : (
        <p>They can sign in again, with the password they had.</p>
      )}
    </Confirm>
  );
}
