/** One call or mail. */

import { useState } from "preact/hooks";
import { get } from "../../api";
import { useAsked } from "../../asked";
import { at } from "../../route";
import { day, dayAndTime, time } from "../../times";
import { Button, useActing } from "../../ui/button";
import { Card, Page } from "../../ui/page";
import { FormProblem, Shown } from "../../ui/states";
import type { Correspondence } from "../model";
import { Facts, Who, Words } from "../parts";
import { useStaff } from "../staff";
import { size } from "../words";
import { LinkDialog } from "./chat-link";
import { OwnerDialog } from "./owner";

export function CorrespondencePage({ id }: { id: string }) {
  const asked = useAsked(() => get<Correspondence>(`/v1/desk/correspondence/${encodeURIComponent(id)}`), [id]);
  return (
    <Page title={asked.data?.channel === "call" ? "A call" : "A mail"} up={{ to: at("desk", "correspondence"), words: "Correspondence" }}>
      <Shown of={asked}>{(one) => <Whole one={one} take={asked.take} />}</Shown>
    </Page>
  );
}

function Whole({ one, take }: { one: Correspondence; take: (record: Correspondence) => void }) {
  const name = useStaff();
  const [linking, link] = useState(false);
  const [choosing, choose] = useState(false);
  return (
    <>
      <Card title={one.channel === "call" ? "What it was about" : (one.subject ?? "Without a subject")}>
        {one.text ? <Words>{one.text}</Words> : <p class="mute">There is no text.</p>}
        {one.problem && <p class="notice">This mail could not be read to the end: {one.problem.replaceAll("_", " ")}.</p>}
        {one.automatic && <p class="mute small">It was sent by a machine and is never answered by one.</p>}
        {one.from_another && <p class="notice">It came from another address than that of its request.</p>}
        {one.spam && <p class="notice">The mail service took it for spam.</p>}
      </Card>
      {one.attachments.length > 0 && (
        <Card title="Files">
          <ul class="documents">
            {one.attachments.map((file, place) => (
              <li key={place}>
                <File id={one.id} number={place + 1} name={file.filename ?? "Without a name"} what={`${file.content_type}, ${size(file.size)}`} />
              </li>
            ))}
          </ul>
        </Card>
      )}
      <Card
        title="About it"
        acts={
          <>
            {one.choices && (
              <Button kind="quiet" onClick={() => choose(true)}>
                {one.chosen_by ? "Choose anew whose it is" : "Choose whose it is"}
              </Button>
            )}
            <Button kind="quiet" onClick={() => link(true)}>
              {one.chat_id ? "Change the chat" : "Link to a chat"}
            </Button>
            {!one.request_id && (
              <a class="button quiet" href={at("desk", "requests", "new", one.id)}>
                It is a data-protection request
              </a>
            )}
          </>
        }
      >
        <Facts
          of={[
            ["Who", <Who of={one} />],
            [one.channel === "call" ? "Called" : "Arrived", dayAndTime(one.at)],
            ["Sent", one.sent_at && dayAndTime(one.sent_at)],
            ["Sent from", one.from_email && <bdi>{one.from_email}</bdi>],
            ["Belongs to one of", one.choices && <bdi>{one.choices.join(", ")}</bdi>],
            ["Chosen by", one.chosen_by && <bdi>{name(one.chosen_by)}</bdi>],
            ["Belongs to request", one.request_id && <a href={at("desk", "requests", one.request_id)}>{one.request_id}</a>],
            ["Belongs to chat", one.chat_id && <code>{one.chat_id}</code>],
            ["Noted down by", one.recorded_by && <bdi>{name(one.recorded_by)}</bdi>],
            ["Use restricted", one.restricted && "yes: nobody may use it"],
            ["Kept until", day(one.expires_at)],
          ]}
        />
      </Card>
      {choosing && one.choices && <OwnerDialog of={one} choices={one.choices} take={take} close={() => choose(false)} />}
      {linking && <LinkDialog of={one} take={take} close={() => link(false)} />}
    </>
  );
}

/** A file: each link is recorded, and holds for minutes. */
function File({ id, number, name, what }: { id: string; number: number; name: string; what: string }) {
  const acting = useActing();
  const [link, set] = useState<{ url: string; until: string } | null>(null);
  const look = () =>
    acting.run(async () => {
      const { url, valid_seconds } = await get<{ url: string; valid_seconds: number }>(`/v1/desk/correspondence/${id}/files/${number}`);
      set({ url, until: new Date(Date.now() + valid_seconds * 1000).toISOString() });
    });
  return (
    <>
      <span>
        <bdi>{name}</bdi> <span class="mute small">{what}</span>
      </span>
      {link ? (
        <>
          <a class="button" href={link.url} rel="noreferrer" download>
            Download
          </a>
          <span class="mute small">The link holds until {time(link.until)}.</span>
        </>
      ) : (
        <Button busy={acting.busy} onClick={look} aria-label={`Make a link to ${name}`}>
          Make a link
        </Button>
      )}
      <FormProblem problem={acting.problem} />
    </>
  );
}
