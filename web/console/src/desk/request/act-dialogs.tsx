/** The questions before something is done to a request. */

import type { ComponentChildren } from "preact";
import type { Problem } from "../../problem";
import { day } from "../../times";
import { AreaField, SelectField, TextField } from "../../ui/field";
import { toast } from "../../ui/toast";
import { londonDay } from "../days";
import { FormDialog, needed } from "../form-dialog";
import type { RightsRequest } from "../model";
import { EXTENSIONS } from "../words";
import type { Act } from "./use-request";

export interface Asking {
  request: RightsRequest;
  act: Act;
  close: () => void;
}

const byLetter = (request: RightsRequest): string => (request.email ? "It goes to the person by mail." : "There is no address: print the letter and post it.");

export function PauseDialog({ request, act, close }: Asking) {
  return (
    <FormDialog
      title="Stop the clock"
      yes="Ask, and stop the clock"
      fields={["question", "why", "asked_on"]}
      close={close}
      act={async (given) => {
        const question = needed(given, "question", "Please write what you need to know.");
        await act("POST", "pause", { why: needed(given, "why", "Please write why you need to know it."), question, asked_on: given.asked_on });
        toast("The clock stands still until the answer comes.");
      }}
    >
      {(problem) => (
        <>
          <AreaField name="question" label="What the person is asked" dir="auto" problem={problem} hint={byLetter(request)} />
          <AreaField name="why" label="Why it is needed to find their data" dir="auto" problem={problem} rows={2} hint="For example: there are chats of three years. The clock may stand still only for what is reasonably needed (Article 12A(5)). It is kept, and stands in the letter." />
          <TextField name="asked_on" type="date" label="Asked on" problem={problem} defaultValue={londonDay()} max={londonDay()} hint="If you asked on an earlier day, no letter goes now." />
        </>
      )}
    </FormDialog>
  );
}

export function AskDialog({ request, act, close }: Asking) {
  return (
    <FormDialog
      title="Ask the person"
      yes="Ask"
      fields={["question"]}
      close={close}
      act={async (given) => {
        await act("POST", "question", { question: needed(given, "question", "Please write what you need to know.") });
        toast("The question goes to the person. The clock runs on.");
      }}
    >
      {(problem) => <AreaField name="question" label="What the person is asked" dir="auto" problem={problem} hint={`The clock runs on meanwhile. ${byLetter(request)}`} />}
    </FormDialog>
  );
}

export function ResumeDialog({ request, act, close }: Asking) {
  const asked = request.pauses.at(-1);
  return (
    <FormDialog
      title="Let the clock go on"
      yes="Let it go on"
      fields={["answered_on"]}
      close={close}
      act={async (given) => {
        await act("POST", "resume", { answered_on: given.answered_on });
        toast("The clock goes on. The days it stood still are added.");
      }}
    >
      {(problem) => (
        <>
          {asked && (
            <p>
              Asked on {day(asked.asked)}: <bdi>{asked.question ?? asked.why}</bdi>
            </p>
          )}
          <TextField name="answered_on" type="date" label="The answer came on" problem={problem} defaultValue={londonDay()} max={londonDay()} min={asked?.asked ?? ""} />
        </>
      )}
    </FormDialog>
  );
}

export function ExtendDialog({ request, act, close }: Asking) {
  return (
    <ReasonDialog
      {...{ request, act, close }}
      title="Take two months more"
      yes="Extend, and tell the person"
      path="extend"
      label="Why it takes longer"
      hint="The law allows it once. Your words stand in the letter."
      done="Extended. The person is told."
      more={(problem) => <SelectField name="ground" label="The law allows it because" problem={problem} options={EXTENSIONS} />}
    >
      {request.clock && (
        <p>
          It will be due on <strong>{day(request.clock.extended_due)}</strong> instead of {day(request.clock.due)}. {byLetter(request)}
        </p>
      )}
    </ReasonDialog>
  );
}

export function ProgressDialog({ request, act, close }: Asking) {
  return (
    <ReasonDialog {...{ request, act, close }} title="Tell how the complaint stands" yes="Send it" path="progress" label="How it stands" hint={`Your words stand in the letter. ${byLetter(request)}`} done="The person is told.">
      <p>The law wants whoever complains to hear how it goes. The next letter, or what came of it, is due 30 days later.</p>
    </ReasonDialog>
  );
}

export function RefuseDialog({ request, act, close }: Asking) {
  const objection = request.type === "objection";
  return (
    <ReasonDialog
      {...{ request, act, close }}
      danger
      title={objection ? "Overrule the objection" : "Refuse the request"}
      yes={objection ? "Overrule it" : "Refuse it"}
      path="refuse"
      label={objection ? "Which compelling grounds weigh more" : "Why it is refused"}
      hint="Your words stand in the letter, with how to complain to the Information Commissioner and how to go to court."
      done="Refused. The person is told why."
    >
      <p>{objection ? "Their data go on being used as before." : "Only a request that is manifestly unfounded or excessive, or whose sender does not prove who they are, may be refused."} The request ends, and what was found for it is deleted here. This cannot be undone.</p>
    </ReasonDialog>
  );
}

export function WithdrawDialog({ request, act, close }: Asking) {
  return (
    <ReasonDialog {...{ request, act, close }} title="The person withdraws it" yes="End it as withdrawn" path="withdraw" label="How the person told us" hint="For example: by phone, on 3 March. They get a letter that confirms it." done="Ended as withdrawn.">
      <p>The request ends, and what was found for it is deleted here. Their data stay as they are. This cannot be undone.</p>
    </ReasonDialog>
  );
}

export function CloseDialog({ request, act, close }: Asking) {
  const answered = request.answered_at !== null;
  return (
    <ReasonDialog {...{ request, act, close }} title={answered ? "Close the request" : "Answer and close"} yes={answered ? "Close it" : "Answer and close it"} path="close" label={answered ? "How it was answered" : "Your answer to the person"} hint={answered ? "For our own records." : `These words are the answer. ${byLetter(request)}`} done="Closed.">
      <p>{request.type === "complaint" ? "The complaint ends with these words as its outcome. The letter names the Information Commissioner and the court." : answered ? "The copy here and everything that was found for it are deleted; the request itself is kept for 24 months." : "The request ends with these words as its answer. Nothing that was found is given out, corrected or deleted."}</p>
    </ReasonDialog>
  );
}

export function TakeBackDialog({ act, close }: Asking) {
  return (
    <FormDialog
      title="Take the approval back"
      yes="Take it back"
      danger
      fields={[]}
      close={close}
      act={async () => {
        await act("DELETE", "approve");
        toast("The approval is taken back. The review goes on.");
      }}
    >
      {() => <p>The copy is deleted, links to it end, and the person can no longer fetch it until somebody approves again. They are not told.</p>}
    </FormDialog>
  );
}

interface Reason extends Asking {
  title: string;
  yes: string;
  path: string;
  label: string;
  hint: string;
  done: string;
  danger?: boolean;
  /** Fields beside the reason, by the names that the API has for them. */
  more?: (problem: Problem | undefined) => ComponentChildren;
  children: ComponentChildren;
}

function ReasonDialog({ act, close, title, yes, path, label, hint, done, danger = false, more, children }: Reason) {
  return (
    <FormDialog
      {...{ title, yes, danger, close }}
      fields={["because", "ground"]}
      act={async (given) => {
        await act("POST", path, { ...given, because: needed(given, "because") });
        toast(done);
      }}
    >
      {(problem) => (
        <>
          {children}
          {more?.(problem)}
          <AreaField name="because" label={label} hint={hint} dir="auto" problem={problem} />
        </>
      )}
    </FormDialog>
  );
}
