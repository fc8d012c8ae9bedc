/** The visitor's round sign and name. */

import { Icon } from "../ui/icon";
import type { Chat } from "./model";
import { initial, mark } from "./words";

const HUES = 6;

export function Avatar({ chat }: { chat: Chat }) {
  const hue = [...chat.chat_id].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % HUES;
  return (
    <span class={`avatar hue-${hue}`} aria-hidden="true">
      {initial(chat) || <Icon name="people" size={17} />}
    </span>
  );
}

export function Name({ chat }: { chat: Chat }) {
  if (chat.visitor.name) return <bdi>{chat.visitor.name}</bdi>;
  return (
    <>
      Visitor <span class="short-mark">{mark(chat)}</span>
    </>
  );
}
