/** A copy for the visitor, made on the page from what it shows: nothing is asked of the server. */

import type { Chat } from "./chat";
import { h } from "./nodes";
import { W, clock, day } from "./words";

/** Saves a text file. Times are the visitor's own. */
export function save({ rows }: Chat, site: string) {
  const now = new Date();
  const lines = rows.all.map(({ by, name, at, text, state }) => {
    const who = by === "visitor" ? W.you : (name ?? site);
    return `${who} · ${at ? `${day(at)}, ${clock(at, true)}` : W[state as "late"]}\n${text}\n`;
  });
  const file = new Blob(["\ufeff", [`${site} · ${day(now.toISOString())}\n`, ...lines].join("\n")], { type: "text/plain;charset=utf-8" });
  const href = URL.createObjectURL(file);
  h("a", { href, download: `chat-${now.toISOString().slice(0, 10)}.txt` }).click();
  setTimeout(() => URL.revokeObjectURL(href), 60_000); // a slow disk
}
