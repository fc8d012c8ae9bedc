/** What is known of the visitor, and until when. */

import type { ComponentChildren } from "preact";
import { at } from "../route";
import { day, dayAndTime } from "../times";
import { Button } from "../ui/button";
import { Icon } from "../ui/icon";
import { useWatched } from "../watched";
import { Avatar, Name } from "./person";
import type { ChatStore } from "./store";
import { address, country, language, many, transcript } from "./words";

export function Details({ store, chatId, remove, passOn }: { store: ChatStore; chatId: string; remove: () => void; passOn: () => void }) {
  const chat = useWatched(store.chats).get(chatId);
  const ready = useWatched(store.conversations.state(chatId)) === "ready";
  if (!chat || !ready) return null;
  const { visitor, rating } = chat;
  const page = chat.page_url && address(chat.page_url);
  return (
    <>
      <header class="details-head">
        <a class="icon-button to-chat" href={at("chats", chatId)} aria-label="Back to the conversation" title="Back to the conversation">
          <Icon name="back" />
        </a>
        <h2>Details</h2>
      </header>
      <div class="details-body">
        <div class="details-who">
          <Avatar chat={chat} />
          <div>
            <strong>
              <Name chat={chat} />
            </strong>
            <p class="small">{visitor.verified.length ? <span class="tag good">{`Vouched for by the website: ${visitor.verified.join(", ")}`}</span> : <span class="mute">{visitor.name ? "As they call themselves; not checked" : "They gave no name"}</span>}</p>
          </div>
        </div>
        <dl class="facts">
          <Fact name="Email">{visitor.email && <bdi>{visitor.email}</bdi>}</Fact>
          <Fact name="Phone">{visitor.phone && <bdi>{visitor.phone}</bdi>}</Fact>
          <Fact name="Language">{language(chat.language)}</Fact>
          <Fact name="Country">{visitor.country && country(visitor.country)}</Fact>
          <Fact name="IP address">{visitor.ip}</Fact>
          <Fact name="Browser">{visitor.browser}</Fact>
          <Fact name="Page">
            {page ? (
              <a href={page} target="_blank" rel="noopener noreferrer nofollow">
                {chat.page_url?.replace(/^https?:\/\//, "")}
              </a>
            ) : (
              chat.page_url
            )}
          </Fact>
          <Fact name="Opened">{dayAndTime(chat.opened_at)}</Fact>
          {chat.closed_at && <Fact name="Ended">{dayAndTime(chat.closed_at)}</Fact>}
          <Fact name="Said">{many(chat.message_count, "message")}</Fact>
          <Fact name="Copy by mail">{transcript(chat.transcript.state)}</Fact>
        </dl>
        {rating && (
          <section class="rating">
            <h3>Rating</h3>
            <p>
              <span class="stars" aria-hidden="true">
                {"★".repeat(rating.score)}
                <span class="mute">{"★".repeat(5 - rating.score)}</span>
              </span>{" "}
              {`${rating.score} of 5`}
            </p>
            {rating.comment && (
              <blockquote dir="auto">{rating.comment}</blockquote>
            )}
          </section>
        )}
        <p class="kept">
          <Icon name="clock" size={16} />
          <span>{`All of this is deleted by itself on ${day(chat.expires_at)}.`}</span>
        </p>
        <Button icon="shield" onClick={passOn}>
          It is a data-protection request
        </Button>
        <Button icon="trash" class="delete" onClick={remove}>
          Delete chat
        </Button>
      </div>
    </>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children || <span class="mute">Not given</span>}</dd>
    </>
  );
}
