/**
 * The one entry in the tab's session storage, from the opening of a chat until its end: which chat it is, the key to it,
 * how far was read, whether the window is open, what is being written. Never a word of what was said or of who said it.
 * Where the browser forbids storage, a chat ends with its page.
 */

import type { Held } from "./types";

export const session = (key: string) => ({
  read(): Held | null {
    try {
      const held = JSON.parse(sessionStorage.getItem(key)!);
      return held?.chat_id && held.token ? held : null;
    } catch {
      return null;
    }
  },
  /** @param held null for none */
  write(held: Held | null) {
    try {
      if (held) sessionStorage.setItem(key, JSON.stringify(held));
      else sessionStorage.removeItem(key);
    } catch { /* held in memory only */ }
  },
});
