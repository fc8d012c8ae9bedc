/** Signing in: name and password, then whatever else is asked. */

import { useEffect, useRef, useState } from "preact/hooks";
import { type Challenge, answer, signIn } from "../session";
import { Button, useActing } from "../ui/button";
import { TextField, values } from "../ui/field";
import { Icon } from "../ui/icon";
import { useTitle } from "../ui/page";
import { FormProblem } from "../ui/states";
import { Secret } from "./secret";

/** `over`: the user name of who was signed in; the page below waits for them. */
export function SignIn({ over }: { over?: string }) {
  const [challenge, set] = useState<Challenge | null>(null);
  const acting = useActing();
  const place = useRef<HTMLElement>(null);
  if (!over) useTitle("Sign in");
  useEffect(() => place.current?.querySelector<HTMLInputElement>("input:not([readonly])")?.focus(), [challenge?.challenge]);

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const given = values(event.currentTarget as HTMLFormElement);
    await acting.run(async () => {
      if (!challenge) return set(await signIn(over ?? given.username ?? "", given.password ?? ""));
      set(await answer(challenge, { ...(given.password && { password: given.password }), ...(given.code && { code: given.code.replace(/\s/g, "") }) }));
    });
  }

  return (
    <main class={over ? "sign-in over" : "sign-in"} ref={place} id="sign-in" aria-labelledby="sign-in-title">
      <form class="sign-in-card" noValidate onSubmit={submit}>
        <span class="mark">
          <Icon name="chats" size={26} />
        </span>
        <h1 id="sign-in-title">{challenge ? TITLES[challenge.challenge] : over ? "Please sign in again" : "Sign in"}</h1>
        {!challenge && over && <p class="lead">Your session has ended. The page behind this stays as it is, with all that you wrote.</p>}
        {!challenge && (
          <>
            <TextField name="username" label="User name" autocomplete="username" autocapitalize="none" spellcheck={false} required readOnly={!!over} value={over} problem={acting.problem} />
            <TextField name="password" label="Password" type="password" autocomplete="current-password" required problem={acting.problem} />
          </>
        )}
        {challenge?.challenge === "new_password" && (
          <TextField name="password" key="new" label="New password" type="password" autocomplete="new-password" required problem={acting.problem} hint="At least 12 characters, with capital and small letters and a digit. It replaces the one you were given." />
        )}
        {challenge?.challenge === "totp_setup" && challenge.secret && <Secret secret={challenge.secret} username={challenge.username} />}
        {(challenge?.challenge === "totp" || challenge?.challenge === "totp_setup") && (
          <TextField name="code" key="code" label="Six digits from your authenticator app" inputMode="numeric" autocomplete="one-time-code" maxLength={9} required problem={acting.problem} />
        )}
        <FormProblem problem={acting.problem} fields={["username", "password", "code"]} />
        <Button kind="primary" type="submit" busy={acting.busy}>
          {challenge ? "Go on" : "Sign in"}
        </Button>
        {challenge && (
          <Button kind="quiet" onClick={() => (acting.forget(), set(null))}>
            Start again
          </Button>
        )}
      </form>
    </main>
  );
}

const TITLES: Record<Challenge["challenge"], string> = {
  new_password: "Choose a password of your own",
  totp: "One more step",
  totp_setup: "Set up two-step sign-in",
};
