/** Questions over the page. */

import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { Button, IconButton, useActing } from "./button";
import { FormProblem } from "./states";

/** A modal window; `close` is called when the person wants it gone. Focus goes back to where it was. */
export function Dialog({ title, close, children, wide = false }: { title: string; close: () => void; children: ComponentChildren; wide?: boolean }) {
  const id = useId();
  const place = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const from = document.activeElement;
    place.current?.showModal();
    return () => from instanceof HTMLElement && from.isConnected && from.focus();
  }, []);
  return (
    <dialog
      ref={place}
      class={wide ? "dialog wide" : "dialog"}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
    >
      <header>
        <h2 id={id}>{title}</h2>
        <IconButton icon="close" label="Close" onClick={close} />
      </header>
      {children}
    </dialog>
  );
}

interface ConfirmProps {
  title: string;
  yes: string;
  danger?: boolean;
  act: () => Promise<unknown>;
  close: () => void;
  children: ComponentChildren;
}

/** Asks before `act` is done; stays open with the reason where it is refused. */
export function Confirm({ title, yes, danger = false, act, close, children }: ConfirmProps) {
  const acting = useActing();
  return (
    <Dialog title={title} close={close}>
      <div class="dialog-body">{children}</div>
      <FormProblem problem={acting.problem} />
      <footer>
        <Button onClick={close}>Cancel</Button>
        <Button
          kind={danger ? "danger" : "primary"}
          busy={acting.busy}
          onClick={async () => {
            if (await acting.run(act)) close();
          }}
        >
          {yes}
        </Button>
      </footer>
    </Dialog>
  );
}
