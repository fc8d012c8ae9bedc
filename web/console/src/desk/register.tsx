/** The record of processing activities (UK GDPR Article 30), to be read, and to be taken away. */

import { call, get } from "../api";
import { useAsked } from "../asked";
import { Button, useActing } from "../ui/button";
import { Card, Page } from "../ui/page";
import { FormProblem, Shown } from "../ui/states";
import { Facts } from "./parts";
import { save } from "./save";

interface Activity {
  name: string;
  title: string;
  purpose: string;
  lawful_basis: string;
  data_subjects: string;
  categories_of_data: string[];
  source: string;
  recipients: string[];
  time_limit: string;
  on_erasure: string;
  retained_because: string | null;
  in_backups: boolean;
}

interface Register {
  controller: unknown;
  contact: unknown;
  transfers_to_third_countries: unknown;
  safeguards: unknown;
  backups_kept_for: string;
  activities: Activity[];
}

const said = (value: unknown): string => (Array.isArray(value) ? value.join("; ") : value && typeof value === "object" ? Object.values(value).join(", ") : String(value ?? ""));

export function RegisterPage() {
  const asked = useAsked(() => get<Register>("/v1/desk/register"), []);
  const acting = useActing();
  const download = () => acting.run(async () => save("register.csv", "text/csv", await call<string>("GET", "/v1/desk/register?format=csv", undefined, { as: "text" })));
  return (
    <Page
      title="Register"
      lead="The record of processing activities (UK GDPR Article 30), made from what the system really does. It holds nothing about anybody."
      acts={
        <Button icon="download" busy={acting.busy} onClick={download}>
          Download as CSV
        </Button>
      }
    >
      <FormProblem problem={acting.problem} />
      <Shown of={asked} what="Loading the register">
        {(register) => (
          <>
            <Card title="Who is responsible">
              <Facts
                of={[
                  ["Controller", said(register.controller)],
                  ["Contact", said(register.contact)],
                  ["Transfers to other countries", said(register.transfers_to_third_countries)],
                  ["Safeguards", said(register.safeguards)],
                  ["Backups are kept for", register.backups_kept_for],
                ]}
              />
            </Card>
            {register.activities.map((one) => (
              <Card key={one.name} title={one.title}>
                <Facts
                  of={[
                    ["Purpose", one.purpose],
                    ["Lawful basis", one.lawful_basis],
                    ["About whom", one.data_subjects],
                    ["Which data", <List of={one.categories_of_data} />],
                    ["From where", one.source],
                    ["Who gets them", <List of={one.recipients} />],
                    ["How long", one.time_limit],
                    ["On erasure", one.retained_because ? `${one.on_erasure}: ${one.retained_because}` : one.on_erasure],
                    ["In backups", one.in_backups ? "yes" : "no"],
                  ]}
                />
              </Card>
            ))}
          </>
        )}
      </Shown>
    </Page>
  );
}

function List({ of }: { of: string[] }) {
  if (of.length === 0) return <>nothing, nobody</>;
  return (
    <ul class="bullets">
      {of.map((one) => (
        <li key={one}>{one}</li>
      ))}
    </ul>
  );
}
