/** Chats as the API hands them out to staff. */

export type By = "visitor" | "operator" | "note";

export interface Message {
  cursor: number;
  by: By;
  text: string;
  at: string;
  name?: string | null;
  operator_id?: string;
  client_id?: string;
}

export interface Visitor {
  name: string | null;
  /** Address, number and IP address are told of a chat that was opened; lists and pushes leave them out. */
  email?: string | null;
  phone?: string | null;
  ip?: string | null;
  /** What of name, email and phone the website vouches for. */
  verified: ("name" | "email" | "phone")[];
  country: string | null;
  browser: string | null;
}

/** How far each side has read; cursors. */
export interface Read {
  visitor: number;
  staff: number;
}

export interface Chat {
  chat_id: string;
  status: "open" | "closed";
  opened_at: string;
  closed_at: string | null;
  expires_at: string;
  visitor: Visitor;
  /** Whether the visitor's page is open, as far as it has a live connection. */
  here: boolean;
  language: string;
  page_url: string | null;
  assigned_to: string | null;
  /** The cursor of the last message or note. */
  cursor: number;
  /** What the visitor said since the staff last read or answered. */
  unread: number;
  message_count: number;
  waiting: boolean;
  /** Since when the visitor waits for an answer. */
  waiting_since: string | null;
  last_message: { by: By; text: string; at: string } | null;
  transcript: { state: string; at: string | null };
  rating: { score: number; comment: string | null } | null;
  read: Read;
}

export interface Reading {
  chat: Chat;
  messages: Message[];
  cursor: number;
  more: boolean;
  status: "open" | "closed";
  read: Read;
}

export interface Colleague {
  operator_id: string;
  name: string;
  present: boolean;
}

export interface Presence {
  present: boolean;
  online: boolean;
  operators: Colleague[];
}

export interface Canned {
  id: string;
  shortcut: string;
  text: string;
}

export interface Receipt {
  removed: { what: string; count: number }[];
  retained: { what: string; why: string; until: string | null }[];
}

export type Status = "open" | "closed";
export type Scope = "mine" | "unassigned" | "all";

/** What the server pushes. */
export type Frame =
  | { type: "welcome" | "pong" }
  /** Of a few, `shown` is how they stand. */
  | { type: "watching"; chats: Record<string, number>; shown: Chat[] }
  | { type: "message"; chat_id: string; message: Message }
  | { type: "typing"; chat_id: string; by: "visitor" | "operator"; name?: string; typing: boolean }
  | { type: "read"; chat_id: string; by: "visitor" | "staff"; cursor: number }
  | { type: "status"; chat_id: string; status: "open" | "closed" | "deleted" | "restricted"; transcript?: Chat["transcript"] }
  | { type: "transcript"; chat_id: string; transcript: Chat["transcript"] }
  | { type: "presence"; chat_id: string; here: boolean }
  | { type: "presence"; operators: Colleague[]; online: boolean }
  /** `unseen`: nothing of its visitor is told, since no view of it is recorded in this hour; watching it is. */
  | { type: "chat"; chat: Chat; unseen?: boolean }
  | { type: "problem"; problem: { detail?: string } };
