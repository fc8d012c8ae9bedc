/** For how long chats are kept, the site's own policy, who answers for its chats, where phone numbers belong. */

import { useState } from "preact/hooks";
import { AreaField, SelectField, TextField } from "../../ui/field";
import { Card } from "../../ui/page";
import { type Part, wrongWith } from "./draft";

const PERIODS: [string, string][] = [
  ["", "12 months, as the notice says"],
  ["6 months", "6 months"],
  ["3 months", "3 months"],
  ["30 days", "30 days"],
  ["7 days", "7 days"],
];

export function Keeping({ draft, set, problem }: Part) {
  const [other, choose] = useState(draft.period !== null && !PERIODS.some(([key]) => key === draft.period));
  const [count, unit] = (draft.period ?? "12 months").split(" ");
  const wrong = wrongWith(problem, "period");
  return (
    <Card title="Privacy">
      <SelectField
        label="Chats are kept for"
        name={other ? "period-choice" : "period"}
        hint="Then all of a chat is deleted. It may be shorter than the notice promises, never longer. It holds for chats that begin from now on."
        options={[...PERIODS, ["other", "another period …"]]}
        value={other ? "other" : (draft.period ?? "")}
        problem={problem}
        onChange={({ currentTarget: { value } }) => {
          choose(value === "other");
          if (value !== "other") set({ period: value || null });
        }}
      />
      {other && (
        <div class="period">
          <TextField label="How many" name="period" type="number" min={1} inputMode="numeric" value={count} problem={wrong ? problem : undefined} onInput={(event) => set({ period: `${event.currentTarget.value} ${unit}` })} />
          <SelectField label="Days or months" name="period-unit" options={[["days", "days"], ["months", "months"]]} value={unit?.replace(/s?$/, "s")} onChange={(event) => set({ period: `${count} ${event.currentTarget.value}` })} />
        </div>
      )}
      <TextField
        label="Your own privacy policy"
        name="policy_url"
        type="url"
        hint="Its address, beginning with https://. Visitors find the link beside ours before they are asked for anything."
        value={draft.policy_url ?? ""}
        placeholder="https://www.shop.example/privacy"
        problem={problem}
        onInput={(event) => set({ policy_url: event.currentTarget.value })}
      />
      <TextField
        label="Who answers data-protection requests"
        name="requests_contact"
        type="email"
        hint="Leave this blank and we answer for your website. With an address, we name it to whoever asks, pass the request on to it by mail, and you answer."
        value={draft.requests_contact ?? ""}
        placeholder="privacy@shop.example"
        problem={problem}
        onInput={(event) => set({ requests_contact: event.currentTarget.value })}
      />
    </Card>
  );
}

export function Controller({ draft, set, problem }: Part) {
  return (
    <Card title="Who answers for the chats">
      <p class="hint">By law visitors must know who you are before they write. They find it in the chat window, and in the privacy notice when they open it from there.</p>
      <TextField
        label="Company or person"
        name="controller_name"
        hint="The full name, as in a contract. Left blank, it is the name of the site."
        value={draft.controller_name ?? ""}
        placeholder={draft.name}
        maxLength={200}
        dir="auto"
        problem={problem}
        onInput={(event) => set({ controller_name: event.currentTarget.value })}
      />
      <AreaField
        label="Postal address"
        name="controller_address"
        value={draft.controller_address ?? ""}
        rows={3}
        maxLength={300}
        dir="auto"
        problem={problem}
        onInput={(event) => set({ controller_address: event.currentTarget.value })}
      />
      <TextField
        label="Contact"
        name="controller_contact"
        hint="An email address, or a page beginning with https://, for whoever has a question about their data."
        value={draft.controller_contact ?? ""}
        placeholder="privacy@shop.example"
        inputMode="email"
        autocapitalize="none"
        spellcheck={false}
        problem={problem}
        onInput={(event) => set({ controller_contact: event.currentTarget.value })}
      />
    </Card>
  );
}

const NAMES = new Intl.DisplayNames(undefined, { type: "region", fallback: "none" });
// Codes that are no country: unions, tests, what is not known.
const NONE = new Set(["EU", "EZ", "UN", "QO", "XA", "XB", "ZZ", "AQ", "BV", "TF", "HM", "GS", "UM", "CP", "DG", "CQ"]);

function regions(): [string, string][] {
  const letters = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
  const found = new Map<string, string>();
  for (const code of letters.flatMap((one) => letters.map((other) => one + other))) {
    const name = NAMES.of(code);
    // Codes of old have the name of what came after: the present code is what the browser makes of it.
    if (name && !NONE.has(code) && new Intl.Locale("und", { region: code }).region === code) found.set(code, name);
  }
  return [...found].sort(([, a], [, b]) => a.localeCompare(b));
}

export function Phones({ draft, set, problem }: Part) {
  const [options] = useState(regions);
  return (
    <Card title="Phone numbers">
      <SelectField
        label="Country of numbers without a country code"
        name="region"
        hint="So that 020 7946 0018 and +44 20 7946 0018 are found as the same number."
        options={options.some(([code]) => code === draft.region) ? options : [[draft.region, draft.region], ...options]}
        value={draft.region}
        problem={problem}
        onChange={(event) => set({ region: event.currentTarget.value })}
      />
    </Card>
  );
}
