/** What the API answers, and what the widget's two parts hand each other. */

/** `GET /v1/sites/{site_id}`. */
export interface Site {
  site_id: string;
  name: string;
  online: boolean;
  colour?: string | null;
  language: string;
  /** Those that the site wants; null for all. */
  languages?: string[] | null;
  poll_interval_ms: number;
  notice: {
    text: string; url: string; updated: string; site_policy_url?: string | null;
    /** Who answers for the website's chats, and how to reach them: an email address or a page. */
    controller: string; address?: string | null; contact?: string | null;
  };
  /** The site's own words, in the visitor's language. */
  texts?: { welcome?: string | null; away?: string | null } | null;
  /** When it is away and says when it is back; RFC 3339. */
  opens_at?: string | null;
}

/** What somebody said; `cursor` is its place in the chat, from 1. */
export interface Message {
  cursor: number;
  by: "visitor" | "operator";
  text: string;
  at: string;
  name?: string;
  client_id?: string;
}

/** Where the copy is. */
export type Transcript = "none" | "queued" | "sent" | "failed" | "bounced" | "no_address" | "no_operator";

/** How a chat stands, and what was said behind a cursor: a poll's answer, and a socket's welcome. */
export interface Reading {
  messages: Message[];
  cursor: number;
  more: boolean;
  status: "open" | "closed";
  transcript: { state: Transcript };
  expires_at?: string;
  read?: { visitor: number; staff: number };
}

/** After a deletion: what was removed, and what is kept, why and until when (N18, N19). */
export interface Receipt {
  removed: { what: string; count: number }[];
  retained: { what: string; why: string; until: string | null }[];
  reference?: string;
}

/** What the tab keeps from the first act on: which chat, the key to it, how far was read, whether the window is open,
 * what is being written. */
export interface Held {
  chat_id: string;
  token: string;
  cursor: number;
  shown?: boolean;
  draft?: string;
}

/** What the tabs of one website tell each other. */
export type Word =
  | { ask: true } // is there a chat?
  | { held: Held } // this one
  | { stir: string } // something of this chat is new: look
  | { read: number; chat: string }; // so far

/** What the first part hands to the second. */
export interface Page {
  origin: string;
  key: string;
  site: Site;
  /** When that was asked for, in ms. */
  siteAt: number;
  locale: string;
  language: string;
  /** The language's words. */
  words: Record<string, unknown>;
  shadow: ShadowRoot;
  root: HTMLElement;
  launcher: HTMLButtonElement;
  launch: string;
  icon: (path: string) => SVGElement;
  /** The entry of the website's local storage by which the visitor is not counted; none where nobody is. */
  uncounted: string | undefined;
  tell(word: Word): void;
  /** The second part hears the other tabs from here on. */
  hear: (word: Word) => void;
  /** The page took the widget out, and it is back. */
  back: () => void;
}
