/** A chat without contact details, as the person remembers it. */

import { withOffset } from "../../times";
import { AreaField, TextField } from "../../ui/field";
import { toast } from "../../ui/toast";
import { FormDialog, needed } from "../form-dialog";
import type { Asking } from "./act-dialogs";

export function DescribeDialog({ request, act, close }: Asking) {
  return (
    <FormDialog
      title="Look for an anonymous chat"
      yes="Look for it"
      fields={["website", "since", "until", "words"]}
      close={close}
      act={async (given) => {
        const since = withOffset(needed(given, "since", "When may it have begun at the earliest?"));
        const until = withOffset(needed(given, "until", "When may it have begun at the latest?"));
        const words = needed(given, "words", "Please write down words that the person wrote.");
        await act("POST", "descriptions", { since, until, words, ...(given.website && { website: given.website }) });
        toast(request.state === "in_progress" ? "The search begins anew." : "It is looked for once the person has proved who they are.");
      }}
    >
      {(problem) => (
        <>
          <p>A chat without name, address or number is found by website, day, time and words that are the person’s, all together. Whatever fits, two people judge.</p>
          {request.state === "in_progress" && <p class="wrong">The review begins anew: what was left out or judged so far is gone.</p>}
          {request.everywhere && <TextField name="website" label="Website" hint="Its id, as it stands in data-site. Blank: your own." problem={problem} />}
          <TextField name="since" type="datetime-local" label="It began after" problem={problem} />
          <TextField name="until" type="datetime-local" label="and before" hint="Six hours later at most." problem={problem} />
          <AreaField name="words" label="Words that the person wrote" dir="auto" hint="At least three, that not everybody writes. Every one of them must stand in what the visitor wrote." problem={problem} />
        </>
      )}
    </FormDialog>
  );
}
