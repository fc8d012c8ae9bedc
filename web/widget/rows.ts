/** The lines of a chat, in the server's order. */

import { type Problem, uniqueId } from "./api";
import type { Message } from "./types";

/** A line of the conversation; without a cursor it has no place yet. */
export type Row = Partial<Message> & {
  by: Message["by"];
  text: string;
  state: "sending" | "slow" | "late" | "refused" | "sent";
  problem?: Problem;
};

export class Rows {
  /** In order of their places; those without one yet last. */
  readonly all: Row[] = [];

  /** What the visitor writes, shown at once. */
  add(text: string, client_id = uniqueId()) {
    this.all.push({ by: "visitor", text, client_id, state: "sending" });
  }

  /** Puts a message where the server has it, once; what was shown while it was sent becomes it. */
  place(message: Message) {
    const { all } = this;
    if (all.some((row) => row.cursor === message.cursor)) return;
    const mine = message.client_id && all.find((row) => !row.cursor && row.client_id === message.client_id);
    if (mine) Object.assign(mine, message, { state: "sent" });
    else all.push({ ...message, state: "sent" });
    all.sort((one, other) => (one.cursor ?? Infinity) - (other.cursor ?? Infinity) || 0);
  }

  remove(row: Row) {
    this.all.splice(this.all.indexOf(row), 1);
  }

  /** The next that is not sent yet. */
  waiting() {
    return this.all.find((row) => row.state !== "sent" && row.state !== "refused");
  }

  /** What would be lost with this chat, for the visitor to keep. */
  unsent() {
    return this.all.filter((row) => row.state !== "sent").map((row) => row.text).join("\n\n");
  }

  /** What the operator said behind a place. */
  unread(read: number) {
    return this.all.filter((row) => row.by === "operator" && row.cursor! > read);
  }
}
