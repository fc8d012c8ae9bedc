/** What else can be done with a request. */

import { useState } from "preact/hooks";
import { Button } from "../../ui/button";
import { Card } from "../../ui/page";
import { londonDay } from "../days";
import type { RightsRequest } from "../model";
import { AskDialog, CloseDialog, ExtendDialog, PauseDialog, ProgressDialog, RefuseDialog, TakeBackDialog, WithdrawDialog } from "./act-dialogs";
import { DescribeDialog } from "./describe";
import type { Act } from "./use-request";
import { isOpen } from "./work";

const DIALOGS = { pause: PauseDialog, ask: AskDialog, extend: ExtendDialog, progress: ProgressDialog, refuse: RefuseDialog, withdraw: WithdrawDialog, close: CloseDialog, takeBack: TakeBackDialog, describe: DescribeDialog };
type Which = keyof typeof DIALOGS;

interface Possible {
  which: Which;
  words: string;
  hint: string;
  danger?: boolean;
}

function possible(request: RightsRequest): Possible[] {
  const { clock, state, type, approved } = request;
  const list: Possible[] = [];
  const working = state === "in_progress";
  if (working && type === "access" && !clock?.paused && !approved) list.push({ which: "pause", words: "Stop the clock", hint: "Ask the person for what is needed to find their data." });
  if (working && !approved) list.push({ which: "ask", words: "Ask the person", hint: "The clock runs on." });
  if (working && type !== "complaint" && clock && !clock.extended && londonDay() <= clock.tell_by && !request.answered_at) list.push({ which: "extend", words: "Take two months more", hint: "For a complex request, or many of one person; they are told why." });
  const searchable = state === "awaiting_identity" || (working && request.progress.step === "review");
  if (searchable && type !== "complaint" && !approved) list.push({ which: "describe", words: "Look for an anonymous chat", hint: "By website, day, time and words that the person remembers." });
  if (working && type === "complaint") list.push({ which: "progress", words: "Tell how it goes", hint: "A letter of progress; it is due every 30 days." });
  if (working && approved && request.progress.step === "delivery") list.push({ which: "takeBack", words: "Take the approval back", hint: "The copy is deleted and the review goes on." });
  if (working && (!approved || request.answered_at)) list.push({ which: "close", words: "Close as answered", hint: approved ? "The copy here is deleted." : "Your answer goes to the person by letter." });
  if (state !== "candidate" && !approved) {
    list.push({ which: "withdraw", words: "The person withdraws it", hint: "They said that they no longer want it." });
    list.push({ which: "refuse", words: type === "objection" ? "Overrule the objection" : "Refuse it", hint: "With the reason, which the person is told.", danger: true });
  }
  return list;
}

export function Acts({ request, act }: { request: RightsRequest; act: Act }) {
  const [open, set] = useState<Which | null>(null);
  const list = isOpen(request) ? possible(request) : [];
  const Asking = open && DIALOGS[open];
  return (
    <>
      {list.length > 0 && (
        <Card title="Other things you can do">
          <ul class="other-acts">
            {list.map(({ which, words, hint, danger }) => (
              <li key={which}>
                <Button class={danger ? "dangerous" : ""} onClick={() => set(which)}>
                  {words}
                </Button>
                <span class="mute small">{hint}</span>
              </li>
            ))}
          </ul>
        </Card>
      )}
      {/* It stays open even where the act has meanwhile become impossible: what was typed is not lost. */}
      {Asking && <Asking request={request} act={act} close={() => set(null)} />}
    </>
  );
}
