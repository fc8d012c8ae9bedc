/**
 * The one entry in the tab's session storage, from the opening of a chat until its end: which chat it is, the key to it,
 * how far was read, whether the window is open. Never a word of what was said or of who said it. Where the browser
 * forbids storage, a chat ends with its page.
 */

/** @typedef {import("./chat.js").Session} Session */

export class SessionEntry {
  /** @param {string} key */
  constructor(key) {
    this.key = key;
  }

  /** @returns {Session|null} */
  read() {
    try {
      const held = JSON.parse(sessionStorage.getItem(this.key) ?? "null");
      return held?.chat_id && held.token ? held : null;
    } catch {
      return null;
    }
  }

  /** @param {Session} held */
  write(held) {
    try {
      sessionStorage.setItem(this.key, JSON.stringify(held));
    } catch { /* held in memory only */ }
  }

  clear() {
    try {
      sessionStorage.removeItem(this.key);
    } catch { /* there is none */ }
  }
}
