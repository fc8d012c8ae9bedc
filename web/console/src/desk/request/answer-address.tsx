/** Where the answer goes, if not to the address that is searched: entered by one, approved by another. */

import { useState } from "preact/hooks";
import { me } from "../../session";
import { dayAndTime } from "../../times";
import { Button, useActing } from "../../ui/button";
import { AreaField, TextField } from "../../ui/field";
import { Card } from "../../ui/page";
import { FormProblem } from "../../ui/states";
import { toast } from "../../ui/toast";
import { useWatched } from "../../watched";
import { FormDialog, needed } from "../form-dialog";
import type { AnswerAddress, RightsRequest } from "../model";
import { Facts, Words } from "../parts";
import { useStaff } from "../staff";
import type { Asking } from "./act-dialogs";
import type { Act } from "./use-request";

const changeable = ({ state, approved }: RightsRequest): boolean => (state === "awaiting_identity" || state === "in_progress") && !approved;

export function AnswerAddressCard({ request, act }: { request: RightsRequest; act: Act }) {
  const [open, set] = useState(false);
  const acting = useActing();
  const who = useWatched(me);
  const to = request.answer_to;
  const mine = to?.by === who?.id;
  if (!to && !changeable(request)) return null;
  return (
    <Card title="Where the answer goes">
      {to ? <Address of={to} /> : <p>{request.email ? "To the address that is searched." : request.post ? "By post, to the address below." : "There is no address: letters are printed and sent by you."}</p>}
      {!to && request.post && <Words>{request.post}</Words>}
      {to && !to.approved_by && <p class="notice">{mine ? "You entered it, so somebody else has to approve it. Until then nothing goes there." : "Look at the evidence, then approve it. Until then nothing goes there."}</p>}
      <FormProblem problem={acting.problem} />
      {changeable(request) && (
        <div class="acts">
          {to && !to.approved_by && !mine && (
            <Button
              kind="primary"
              busy={acting.busy}
              onClick={async () => {
                if (await acting.run(() => act("POST", "answer-address/approve"))) toast("Approved. Letters go there from now on.");
              }}
            >
              Approve this address
            </Button>
          )}
          <Button onClick={() => set(true)}>{to ? "Change it" : "Answer at another address"}</Button>
          {to && (
            <Button
              kind="quiet"
              busy={acting.busy}
              onClick={async () => {
                if (await acting.run(() => act("DELETE", "answer-address"))) toast("Taken back. The answer goes to the address that is searched.");
              }}
            >
              Take it back
            </Button>
          )}
        </div>
      )}
      {open && <EnterDialog request={request} act={act} close={() => set(false)} />}
    </Card>
  );
}

/** The address, with the evidence for it: for whoever approves. */
export function Address({ of }: { of: AnswerAddress }) {
  const name = useStaff();
  return (
    <>
      {of.post && <Words>{of.post}</Words>}
      <Facts
        of={[
          ["Email address", of.email && <bdi>{of.email}</bdi>],
          ["Whose", of.name && <bdi>{of.name}</bdi>],
          ["Evidence", <bdi>{of.authority}</bdi>],
          ["The person", of.untold_because ? <bdi>{`is not told: ${of.untold_because}`}</bdi> : "is told at the address that is searched"],
          ["Entered", <bdi>{`${dayAndTime(of.at)} by ${name(of.by)}`}</bdi>],
          ["Approved", of.approved_by && of.approved_at && <bdi>{`${dayAndTime(of.approved_at)} by ${name(of.approved_by)}`}</bdi>],
        ]}
      />
    </>
  );
}

function EnterDialog({ request, act, close }: Asking) {
  const before = request.answer_to;
  const [post, byPost] = useState(before ? before.post !== null : true);
  const [told, tell] = useState(before?.untold_because ? false : true);
  return (
    <FormDialog
      title="Answer at another address"
      yes="Enter it"
      fields={["email", "post", "name", "authority", "untold_because"]}
      close={close}
      act={async (given) => {
        await act("PUT", "answer-address", {
          ...(post ? { post: needed(given, "post") } : { email: needed(given, "email") }),
          name: given.name,
          authority: needed(given, "authority", "Please say what shows that the answer may go there."),
          ...(!told && { untold_because: needed(given, "untold_because", "Please say whom it would endanger.") }),
        });
        toast("Entered. Somebody else has to approve it.");
      }}
    >
      {(problem) => (
        <>
          <p>For an agent, a solicitor, or a new address. Nothing is searched by it, and no code goes there: the copy is sent by you.</p>
          <fieldset class="choice">
            <legend>How the answer goes there</legend>
            <label>
              <input type="radio" name="way" checked={post} onChange={() => byPost(true)} /> By post
            </label>
            <label>
              <input type="radio" name="way" checked={!post} onChange={() => byPost(false)} /> By email
            </label>
          </fieldset>
          {post ? <AreaField name="post" label="Postal address" rows={4} dir="auto" problem={problem} defaultValue={before?.post ?? ""} /> : <TextField name="email" type="email" label="Email address" autocapitalize="none" spellcheck={false} problem={problem} defaultValue={before?.email ?? ""} />}
          <TextField name="name" label="Whose it is" dir="auto" problem={problem} defaultValue={before?.name ?? ""} hint="For example: the solicitor. May stay empty." />
          <AreaField name="authority" label="What shows that the answer may go there" rows={3} dir="auto" problem={problem} defaultValue={before?.authority ?? ""} hint="For example: the signed authority, of which day, and where you keep it." />
          <fieldset class="choice">
            <legend>The person, at the address that is searched</legend>
            <label>
              <input type="radio" name="tell" checked={told} onChange={() => tell(true)} /> is told where the answer goes
            </label>
            <label>
              <input type="radio" name="tell" checked={!told} onChange={() => tell(false)} /> is not told: it would endanger somebody
            </label>
          </fieldset>
          {!told && <AreaField name="untold_because" label="Whom it would endanger, and how" rows={2} dir="auto" problem={problem} defaultValue={before?.untold_because ?? ""} hint="For our own records. It stands in no letter and in no copy." />}
        </>
      )}
    </FormDialog>
  );
}
