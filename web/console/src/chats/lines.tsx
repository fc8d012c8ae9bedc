/** What was said, in days and groups. */

import { weekday, time as timeOf } from "../times";
import { Icon } from "../ui/icon";
import type { Chat, Message } from "./model";
import { Name } from "./person";
import type { Draft, Thread } from "./thread";
import { pieces } from "./words";

const TOGETHER_MS = 5 * 60_000;

interface Group {
  first: Message;
  messages: Message[];
}

interface Day {
  at: string;
  groups: Group[];
}

interface Acts {
  retry: (draft: Draft) => void;
  discard: (draft: Draft) => void;
}

/** Days of groups: what one person said in one go stands under one name. */
export function grouped(messages: readonly Message[]): Day[] {
  const days: Day[] = [];
  for (const message of messages) {
    let day = days.at(-1);
    if (!day || new Date(day.at).toDateString() !== new Date(message.at).toDateString()) days.push((day = { at: message.at, groups: [] }));
    const last = day.groups.at(-1);
    const before = last?.messages.at(-1);
    const goesOn = before && before.by === message.by && before.operator_id === message.operator_id && Date.parse(message.at) - Date.parse(before.at) < TOGETHER_MS;
    if (last && goesOn) last.messages.push(message);
    else day.groups.push({ first: message, messages: [message] });
  }
  return days;
}

export function Lines({ chat, thread, me, retry, discard }: { chat: Chat; thread: Thread; me: string } & Acts) {
  return (
    <>
      {grouped(thread.messages).map((day) => (
        <section key={day.at} aria-label={weekday(day.at)}>
          <h3 class="day">
            <span>{weekday(day.at)}</span>
          </h3>
          {day.groups.map((group) => (
            <Together key={group.first.cursor} group={group} chat={chat} me={me} seen={thread.read.visitor} />
          ))}
        </section>
      ))}
      {thread.drafts.map((draft) => (
        <Waiting key={draft.client_id} draft={draft} open={chat.status === "open"} retry={retry} discard={discard} />
      ))}
    </>
  );
}

function Together({ group, chat, me, seen }: { group: Group; chat: Chat; me: string; seen: number }) {
  const { first, messages } = group;
  const last = messages.at(-1) ?? first;
  const who = first.operator_id === me ? "You" : first.name;
  return (
    <div class={`group ${first.by}`}>
      <p class="who">
        {first.by === "visitor" ? <Name chat={chat} /> : <bdi>{who ?? "A colleague"}</bdi>}
        {first.by === "note" && (
          <span class="note-mark">
            <Icon name="note" size={14} /> Note, for colleagues only
          </span>
        )}
      </p>
      {messages.map((one) => (
        <Text key={one.cursor} text={one.text} at={one.at} />
      ))}
      <p class="when">
        <time dateTime={last.at}>{timeOf(last.at)}</time>
        {last.by === "operator" && (
          <span class={last.cursor <= seen ? "ticks seen" : "ticks"}>
            <Icon name={last.cursor <= seen ? "ticks" : "tick"} size={15} />
            <span class={last.cursor <= seen ? "" : "unseen"}>{last.cursor <= seen ? "Seen" : "Sent"}</span>
          </span>
        )}
      </p>
    </div>
  );
}

function Text({ text, at }: { text: string; at?: string }) {
  return (
    <p class="text" dir="auto" title={at && timeOf(at)}>
      {pieces(text).map((piece, place) =>
        piece.href ? (
          <a key={place} href={piece.href} target="_blank" rel="noopener noreferrer nofollow">
            {piece.text}
          </a>
        ) : (
          piece.text
        ),
      )}
    </p>
  );
}

function Waiting({ draft, open, retry, discard }: { draft: Draft; open: boolean } & Acts) {
  return (
    <div class={`group waiting ${draft.kind === "notes" ? "note" : "operator"} ${draft.state}`}>
      <Text text={draft.text} />
      <p class="when">
        {draft.state === "sending" && "Sending …"}
        {draft.state === "late" && "Not sent yet. It is tried again by itself."}
        {draft.state === "refused" && <span class="wrong">{draft.why}</span>}
        {draft.state !== "sending" && (
          <button type="button" class="link-button" onClick={() => retry(draft)}>
            Try now
          </button>
        )}
        {draft.state === "refused" && (
          <button type="button" class="link-button" onClick={() => discard(draft)}>
            {open ? "Take back" : "Remove"}
          </button>
        )}
      </p>
    </div>
  );
}
