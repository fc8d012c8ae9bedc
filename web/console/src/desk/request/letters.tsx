/** The letters to the person: read, printed. They are shown as text, so that nothing in them can do anything. */

import { useState } from "preact/hooks";
import { get } from "../../api";
import { useAsked } from "../../asked";
import { day, dayAndTime } from "../../times";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { TextField } from "../../ui/field";
import { Card } from "../../ui/page";
import { Shown } from "../../ui/states";
import { toast } from "../../ui/toast";
import { londonDay } from "../days";
import { FormDialog, needed } from "../form-dialog";
import type { RightsRequest } from "../model";
import { letterName, outcomeName } from "../words";
import type { Asking } from "./act-dialogs";
import type { Act } from "./use-request";

interface LetterText {
  subject: string;
  text: string;
}

/** What the desk may send itself: what is not on its way, and has not gone. */
const toSend = ({ what, outcome }: RightsRequest["letters"][number]): boolean => what !== "code" && ["to_post", "bounced", "failed", "capped"].includes(outcome ?? "");

export function Letters({ request, act }: { request: RightsRequest; act: Act }) {
  const [open, set] = useState<number | null>(null);
  const [sending, send] = useState<number | null>(null);
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
                {one.sent_on && ` on ${day(one.sent_on)}`}
                {one.sent_how && <bdi>{`: ${one.sent_how}`}</bdi>}
                {one.elsewhere && ", to the answer address"}
              </span>
            </span>
            {toSend(one) && (
              <Button aria-label={`Say that the letter “${letterName(one.what)}” was sent`} onClick={() => send(place + 1)}>
                It was sent
              </Button>
            )}
            <Button kind="quiet" aria-label={`Read the letter “${letterName(one.what)}”`} onClick={() => set(place + 1)}>
              Read
            </Button>
          </li>
        ))}
      </ul>
      {sending !== null && <SentDialog request={request} act={act} number={sending} close={() => send(null)} />}
      {open !== null && <LetterDialog reference={request.reference} number={open} close={() => set(null)} />}
    </Card>
  );
}

function SentDialog({ request, act, number, close }: Asking & { number: number }) {
  const letter = request.letters[number - 1];
  const copy = letter?.what === "ready";
  return (
    <FormDialog
      title={copy ? "The letter and the copy were sent" : "The letter was sent"}
      yes="Record it"
      fields={["on", "how"]}
      close={close}
      act={async (given) => {
        await act("POST", `letters/${number}/sent`, { on: needed(given, "on", "Please say when."), how: given.how });
        toast("Recorded.");
      }}
    >
      {(problem) => (
        <>
          {copy && <p>The copy goes with this letter: make a link to it, save it, print or burn it, and send both safely.</p>}
          <TextField name="on" type="date" label="Sent on" problem={problem} defaultValue={londonDay()} max={londonDay()} />
          <TextField name="how" label="How" dir="auto" problem={problem} hint="For example: by registered post, and its number. May stay empty." />
        </>
      )}
    </FormDialog>
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
