/** Searching for a person. What is searched for goes into the body of the call, never into an address. */

import { useState } from "preact/hooks";
import { post } from "../../api";
import { Button, useActing } from "../../ui/button";
import { TextField, values } from "../../ui/field";
import { FormProblem } from "../../ui/states";
import { type Given, focusWrong, needed } from "../form-dialog";

const FIELDS = ["emails", "names", "phones"];

interface PersonSearchProps<T> {
  /** What a call finds, from what was answered: `items` all of them, another list its first page, and `more` asks for the page at a place. */
  path: string;
  found: (answer: T | null, more: (next: string) => Promise<T>) => void;
  searching: boolean;
}

const listed = (value: string | null | undefined): string[] => (value ? [value] : []);

function body(given: Given): object {
  if (!FIELDS.some((field) => given[field])) needed(given, "emails", "Give an email address, a name or a phone number.");
  return { emails: listed(given.emails), names: listed(given.names), phones: listed(given.phones) };
}

const none = () => Promise.reject(new Error("nothing is searched for"));

/** What a search found: its items page after page, of another list the first page. */
async function all<T>(path: string, whom: object): Promise<T> {
  let page = await post<T & { items?: unknown[]; next?: string | null }>(path, whom);
  const items = [...(page.items ?? [])];
  while (page.items && page.next) {
    page = await post<typeof page>(path, { ...whom, next: page.next });
    items.push(...(page.items ?? []));
  }
  return page.items ? { ...page, items } : page;
}

export function PersonSearch<T>({ path, found, searching }: PersonSearchProps<T>) {
  const acting = useActing();
  const [form, setForm] = useState(0);
  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const place = event.currentTarget as HTMLFormElement;
    const done = await acting.run(async () => {
      const whom = body(values(place));
      found(await all<T>(path, whom), (next) => post<T>(path, { ...whom, next }));
    });
    if (!done) focusWrong(place);
  }
  return (
    <form class="person-search card" role="search" aria-label="Find a person" noValidate onSubmit={submit} key={form}>
      <h2>Find a person</h2>
      <TextField name="emails" label="Email address" type="email" autocapitalize="none" spellcheck={false} problem={acting.problem} />
      <TextField name="names" label="Name" dir="auto" problem={acting.problem} />
      <TextField name="phones" label="Phone number" type="tel" problem={acting.problem} />
      <div class="acts">
        <Button kind="primary" type="submit" icon="search" busy={acting.busy}>
          Find
        </Button>
        {searching && (
          <Button
            onClick={() => {
              acting.forget();
              setForm(form + 1);
              found(null, none);
            }}
          >
            Show all again
          </Button>
        )}
      </div>
      <FormProblem problem={acting.problem} fields={FIELDS} />
    </form>
  );
}
