/** The letters to the person: read, printed. They are shown as text, so that nothing in them can do anything. */

import { useState } from "preact/hooks";
import { get } from "../../api";
import { useAsked } from "../../asked";
import { dayAndTime } from "../../times";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { Card } from "../../ui/page";
import { Shown } from "../../ui/states";
import type { RightsRequest } from "../model";
import { letterName, outcomeName } from "../words";

interface LetterText {
  subject: string;
  text: string;
}

export function Letters({ request }: { request: RightsRequest }) {
  const [open, set] = useState<number | null>(null);
  if (request.letters.length === 0) return null;
  return (
    <Card title="Letters to the person">
      <ul class="letters">
        {request.letters.map((one, place) => (
          <li key={place}>
            <span>
              {letterName(one.what)}
              <span class={`small ${["bounced", "failed", "capped"].includes(one.outcome ?? "") ? "wrong" : "mute"}`}>
                {dayAndTime(one.at)}, {outcomeName(one.outcome)}
              </span>
            </span>
            <Button kind="quiet" aria-label={`Read the letter “${letterName(one.what)}”`} onClick={() => set(place + 1)}>
              Read
            </Button>
          </li>
        ))}
      </ul>
      {open !== null && <LetterDialog reference={request.reference} number={open} close={() => set(null)} />}
    </Card>
  );
}

function LetterDialog({ reference, number, close }: { reference: string; number: number; close: () => void }) {
  const asked = useAsked(() => get<LetterText>(`/v1/desk/requests/${reference}/letters/${number}`), [reference, number]);
  return (
    <Dialog title={asked.data?.subject ?? "Letter"} wide close={close}>
      <div class="dialog-body">
        <Shown of={asked} what="Loading the letter">
          {(letter) => (
            <pre class="letter" dir="auto" tabIndex={0} aria-label="The letter">
              {letter.text}
            </pre>
          )}
        </Shown>
      </div>
      <footer>
        <Button onClick={close}>Close</Button>
        <Button kind="primary" onClick={() => print()}>
          Print
        </Button>
      </footer>
    </Dialog>
  );
}
