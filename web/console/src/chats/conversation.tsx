/** One chat: who it is, what was said, where one answers. */

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Problem } from "../problem";
import { at } from "../route";
import { Button, IconButton } from "../ui/button";
import { Icon } from "../ui/icon";
import { Empty, Failure, Loading } from "../ui/states";
import { useWatched } from "../watched";
import type { Act } from "./area";
import { Composer } from "./composer";
import { day } from "../times";
import { Lines } from "./lines";
import type { Chat } from "./model";
import { useNow } from "./now";
import { Avatar, Name } from "./person";
import type { ChatStore } from "./store";
import { takeBack } from "./drafts";
import { lasting, transcript } from "./words";

const NEAR_END = 80;

interface Props {
  store: ChatStore;
  chatId: string;
  act: (act: Act) => void;
  details: () => void;
}

export function Conversation({ store, chatId, act, details }: Props) {
  const chat = useWatched(store.chats).get(chatId);
  const state = useWatched(store.conversations.state(chatId));
  if (state instanceof Problem) return <Unreadable problem={state} again={() => store.read(chatId).catch(() => undefined)} />;
  if (!chat) return <Loading what="Opening the chat" />;
  return (
    <>
      <Head store={store} chat={chat} act={act} details={details} />
      {state === "ready" ? <Said store={store} chat={chat} /> : <div class="said-place"><Loading what="Reading" /></div>}
      {state === "ready" && (chat.status === "open" ? <Composer key={chatId} store={store} chatId={chatId} manage={() => act("canned")} /> : <Ended chat={chat} />)}
    </>
  );
}

function Head({ store, chat, act, details }: { chat: Chat } & Omit<Props, "chatId">) {
  const now = useNow();
  const presence = useWatched(store.presence.state);
  const heading = useRef<HTMLHeadingElement>(null);
  const whose = chat.assigned_to === store.me ? "Yours" : presence?.operators.find((one) => one.operator_id === chat.assigned_to)?.name;
  const open = chat.status === "open";
  useEffect(() => {
    // Where the list has given way to the chat, so has what was pressed in it.
    if (document.activeElement === document.body || !(document.activeElement as HTMLElement | null)?.offsetParent) heading.current?.focus();
  }, [chat.chat_id]);
  return (
    <header class="chat-head">
      <a class="icon-button to-list" href={at("chats")} aria-label="Back to the inbox" title="Back to the inbox">
        <Icon name="back" />
      </a>
      <Avatar chat={chat} />
      <div class="chat-who">
        <h2 ref={heading} tabIndex={-1}>
          <Name chat={chat} />
        </h2>
        <p class="small mute">
          {open ? (chat.waiting && chat.waiting_since ? `Waiting ${lasting(chat.waiting_since, now)}` : "Open") : "Ended"}
          {chat.here && open && " · on the page now"}
          {" · "}
          {chat.assigned_to ? <bdi>{whose ?? "A colleague's"}</bdi> : "Unassigned"}
        </p>
      </div>
      <div class="chat-acts">
        {open && !chat.assigned_to && (
          <Button
            kind="primary"
            onClick={() => {
              act("take");
              document.getElementById("composer")?.focus(); // the button goes
            }}
          >
            Take
          </Button>
        )}
        {open && (
          <Button icon="swap" kind="quiet" title={chat.assigned_to ? "Hand over" : "Give to"} onClick={() => act("hand over")}>
            {chat.assigned_to ? "Hand over" : "Give to"}
          </Button>
        )}
        {open && (
          <Button icon="tick" kind="quiet" title="End chat" onClick={() => act("end")}>
            End chat
          </Button>
        )}
        <IconButton icon="info" label="Details" onClick={details} />
      </div>
    </header>
  );
}

function Said({ store, chat }: { store: ChatStore; chat: Chat }) {
  const thread = useWatched(store.conversations.thread(chat.chat_id));
  const place = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  const [behind, fallBehind] = useState(false);
  const count = thread.messages.length + thread.drafts.length;
  const toEnd = () => place.current?.scrollTo({ top: place.current.scrollHeight });
  useLayoutEffect(() => {
    follows.current = true;
    toEnd();
  }, [chat.chat_id]);
  useLayoutEffect(() => {
    if (follows.current || thread.drafts.at(-1)?.state === "sending") toEnd();
    else fallBehind(true);
  }, [count, thread.typing]);
  useEffect(() => {
    const resized = new ResizeObserver(() => follows.current && toEnd());
    if (place.current) resized.observe(place.current);
    return () => resized.disconnect();
  }, []);
  const { messages, typing } = thread;
  return (
    <div class="said-place">
      <div
        class="said"
        ref={place}
        role="log"
        aria-label="Conversation"
        tabIndex={0}
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
          follows.current = scrollHeight - scrollTop - clientHeight < NEAR_END;
          if (follows.current) fallBehind(false);
        }}
      >
        {!messages.length && !thread.drafts.length && <p class="mute nothing">Nothing has been said yet.</p>}
        <Lines
          chat={chat}
          thread={thread}
          me={store.me}
          retry={(draft) => store.outbox.retry(chat.chat_id, draft.client_id)}
          discard={(draft) => {
            takeBack(chat.chat_id, draft.kind, draft.text);
            store.outbox.discard(chat.chat_id, draft.client_id);
          }}
        />
        {typing && (
          <p class="typing">
            <span class="dots" aria-hidden="true">
              <i />
              <i />
              <i />
            </span>
            <bdi>{typing.by || (chat.visitor.name ?? "The visitor")}</bdi> is typing
          </p>
        )}
      </div>
      {behind && (
        <Button class="to-end" icon="down" onClick={toEnd}>
          New messages
        </Button>
      )}
    </div>
  );
}

function Ended({ chat }: { chat: Chat }) {
  return (
    <div class="ended">
      <p>
        {chat.closed_at ? `This chat ended on ${day(chat.closed_at)}.` : "This chat has ended."} {`Copy by mail: ${transcript(chat.transcript.state)}.`}
      </p>
    </div>
  );
}

function Unreadable({ problem, again }: { problem: Problem; again: () => unknown }) {
  const back = (
    <a class="button" href={at("chats")}>
      Back to the inbox
    </a>
  );
  if (problem.kind === "restricted")
    return (
      <Empty icon="shield" title="This chat is restricted">
        <p>The person it is about has asked that it be kept and not used (UK GDPR Article 18). Until that ends, nobody can read it, answer it or delete it here. The privacy desk can say more.</p>
        {back}
      </Empty>
    );
  if (problem.status === 404 || problem.kind === "gone")
    return (
      <Empty icon="trash" title="This chat is not here any more">
        <p>It has been deleted, by its visitor or a colleague, or its time was over and it deleted itself.</p>
        {back}
      </Empty>
    );
  return (
    <div class="page">
      <Failure problem={problem} again={again} />
      {back}
    </div>
  );
}
