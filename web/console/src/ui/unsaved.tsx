/** What has been typed and not saved is not lost by going elsewhere. */

import { useEffect, useRef, useState } from "preact/hooks";
import { go, hold } from "../route";
import { Button } from "./button";
import { Dialog } from "./dialog";

/** Asks before one leaves the page while `unsaved`. */
export function Unsaved({ unsaved }: { unsaved: boolean }) {
  const [to, ask] = useState<string>();
  const release = useRef<(() => void) | undefined>(undefined);
  useEffect(() => {
    if (!unsaved) return;
    const end = hold(ask);
    release.current = end;
    return end;
  }, [unsaved]);
  if (to === undefined) return null;
  return (
    <Dialog title="Leave without saving?" close={() => ask(undefined)}>
      <div class="dialog-body">
        <p>What you have changed on this page is not saved yet.</p>
      </div>
      <footer>
        <Button onClick={() => ask(undefined)}>Stay here</Button>
        <Button
          kind="danger"
          onClick={() => {
            release.current?.();
            go(to);
          }}
        >
          Leave without saving
        </Button>
      </footer>
    </Dialog>
  );
}
