/** Two-step sign-in for who is signed in. */

import { useEffect, useState } from "preact/hooks";
import { http } from "../http";
import { accessToken, me } from "../session";
import { Button, useActing } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { TextField, values } from "../ui/field";
import { FormProblem, Loading } from "../ui/states";
import { toast } from "../ui/toast";
import { Secret } from "./secret";

export function TwoStep({ close }: { close: () => void }) {
  const [secret, set] = useState<string>();
  const acting = useActing();
  useEffect(() => {
    void acting.run(async () => {
      const body = { access_token: await accessToken() };
      set((await http<{ secret: string }>("/v1/sign-in/totp", { method: "POST", body })).secret);
    });
  }, []);

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const code = (values(event.currentTarget as HTMLFormElement).code ?? "").replace(/\s/g, "");
    const done = await acting.run(async () => {
      const body = { access_token: await accessToken(), code };
      await http("/v1/sign-in/totp/verify", { method: "POST", body });
    });
    if (!done) return;
    toast("Two-step sign-in is on. From now on a code is asked for when you sign in.");
    close();
  }

  return (
    <Dialog title="Two-step sign-in" close={close}>
      <form noValidate onSubmit={submit}>
        <div class="dialog-body">
          {secret && <p class="mute">If it is on already, this key takes the place of the old one.</p>}
          {secret ? <Secret secret={secret} username={me.value?.username ?? ""} /> : !acting.problem && <Loading />}
          {secret && <TextField name="code" label="Six digits from the app" inputMode="numeric" autocomplete="one-time-code" maxLength={9} required problem={acting.problem} />}
          <FormProblem problem={acting.problem} fields={secret ? ["code"] : []} />
        </div>
        <footer>
          <Button onClick={close}>Cancel</Button>
          {secret && (
            <Button kind="primary" type="submit" busy={acting.busy}>
              Turn on
            </Button>
          )}
        </footer>
      </form>
    </Dialog>
  );
}
