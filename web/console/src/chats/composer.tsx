/** Where replies and notes are written. */

import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { composing } from "../keys";
import { Button, IconButton } from "../ui/button";
import { useWatched } from "../watched";
import { asked, canned, load, matching } from "./canned-replies";
import { keep, useBegun } from "./drafts";
import type { Canned } from "./model";
import type { ChatStore } from "./store";
import type { Kind } from "./thread";
import { many } from "./words";

const MOST = 4000;
const SAID_FROM = 3600;
const TYPING_EVERY_MS = 3_000;

interface Picking {
  word: string;
  from: number;
  place: number;
}

export function Composer({ store, chatId, manage }: { store: ChatStore; chatId: string; manage: () => void }) {
  const { kind, ...texts } = useBegun(chatId);
  const [picking, pick] = useState<Picking | null>(null);
  const replies = useWatched(canned);
  const area = useRef<HTMLTextAreaElement>(null);
  const typing = useRef(0);
  const id = useId();
  const text = texts[kind];
  const length = [...text].length;
  const found = picking ? matching(replies ?? [], picking.word).slice(0, 8) : [];
  const chosen = found[Math.min(picking?.place ?? 0, found.length - 1)];

  useEffect(() => () => tell(false), []);
  useEffect(() => {
    if (picking && !canned.value) void load().catch(() => pick(null)); // the dialog says what is wrong with it
  }, [!picking]);
  useLayoutEffect(() => {
    const field = area.current;
    if (!field) return;
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight + 2}px`;
  }, [text]);

  function tell(now: boolean): void {
    if (now ? Date.now() - typing.current < TYPING_EVERY_MS : !typing.current) return;
    typing.current = now ? Date.now() : 0;
    store.live.send({ action: "typing", typing: now, chat_id: chatId });
  }

  function write(value: string, caret: number): void {
    keep(chatId, { [kind]: value });
    const shortcut = asked(value, caret);
    pick(shortcut && { ...shortcut, place: 0 });
    if (kind === "messages") tell(value.trim() !== "");
  }

  function turn(to: Kind): void {
    keep(chatId, { kind: to });
    pick(null);
    tell(false);
    area.current?.focus();
  }

  function insert(reply: Canned): void {
    const field = area.current;
    if (!field || !picking) return;
    const before = text.slice(0, picking.from) + reply.text;
    const next = before + text.slice(picking.from + 1 + picking.word.length);
    keep(chatId, { [kind]: next });
    pick(null);
    requestAnimationFrame(() => {
      field.focus();
      field.setSelectionRange(before.length, before.length);
    });
  }

  function send(): void {
    if (!text.trim() || length > MOST) return area.current?.focus();
    store.outbox.add(chatId, kind, text.trim());
    keep(chatId, { [kind]: "" });
    pick(null);
    typing.current = 0; // whoever hears the message knows that it is written
    area.current?.focus();
  }

  function press(event: KeyboardEvent): void {
    if (composing(event)) return;
    if (picking && chosen) {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) {
        event.preventDefault();
        return pick({ ...picking, place: (Math.min(picking.place, found.length - 1) + step + found.length) % found.length });
      }
      if ((event.key === "Enter" && !event.shiftKey) || event.key === "Tab") {
        event.preventDefault();
        return insert(chosen);
      }
    }
    if (event.key === "Escape") {
      event.preventDefault();
      if (picking) pick(null);
      else area.current?.blur();
    } else if (event.key === "Enter" && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      send();
    }
  }

  return (
    <form
      class={`composer ${kind}`}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {picking && (
        <div class="canned-box">
          <ul role="listbox" id={`${id}-canned`} aria-label="Canned replies">
            {found.map((one) => (
              <li key={one.id} id={`${id}-${one.id}`} role="option" aria-selected={one === chosen} onPointerDown={(event) => event.preventDefault()} onClick={() => insert(one)}>
                <strong>/{one.shortcut}</strong> <bdi>{one.text}</bdi>
              </li>
            ))}
          </ul>
          {replies && !found.length && <p class="small mute">{replies.length ? "No canned reply has this in it." : "There are no canned replies yet. The button below makes one."}</p>}
        </div>
      )}
      <div class="tabs" role="group" aria-label="What you write">
        <button type="button" aria-pressed={kind === "messages"} onClick={() => turn("messages")}>
          Reply
        </button>
        <button type="button" aria-pressed={kind === "notes"} id="composer-note" onClick={() => turn("notes")}>
          Note
        </button>
        <p class={length > MOST ? "wrong length" : "hint length"} id={`${id}-length`} role="status">
          {length > MOST ? `${many(length - MOST, "character")} too many: at most 4,000 can be sent.` : length >= SAID_FROM ? `${many(MOST - length, "character")} left` : ""}
        </p>
        <IconButton icon="bolt" label="Manage canned replies" onClick={manage} />
      </div>
      <div class="composer-row">
        <textarea
          ref={area}
          id="composer"
          rows={1}
          dir="auto"
          value={text}
          aria-label={kind === "notes" ? "Note for colleagues" : "Reply to the visitor"}
          placeholder={kind === "notes" ? "Only colleagues see this" : "Write a reply, / for canned"}
          aria-describedby={`${id}-length`}
          aria-invalid={length > MOST}
          aria-autocomplete="list"
          aria-controls={picking ? `${id}-canned` : undefined}
          aria-activedescendant={chosen ? `${id}-${chosen.id}` : undefined}
          onInput={(event) => write(event.currentTarget.value, event.currentTarget.selectionStart)}
          onKeyDown={press}
          onBlur={() => (pick(null), tell(false))}
        />
        <Button kind="primary" icon={kind === "notes" ? "note" : "send"} type="submit" aria-disabled={!text.trim() || length > MOST || undefined}>
          {kind === "notes" ? "Add note" : "Send"}
        </Button>
      </div>
    </form>
  );
}
