/** What the desk's API answers (functions/views.py). Moments are RFC 3339; days are London's, as 2026-01-31. */

export type RequestType = "access" | "portability" | "rectification" | "erasure" | "restriction" | "objection" | "complaint";
export type State = "candidate" | "awaiting_identity" | "in_progress" | "closed" | "refused" | "withdrawn" | "dropped";
export type Step = "identity" | "search" | "review" | "answer" | "delivery" | "attention" | "done";
export type Channel = "form" | "mail" | "support_mail" | "chat" | "social_media" | "letter" | "phone" | "in_person";

export interface Clock {
  start: string;
  due: string;
  extended_due: string;
  target: string;
  tell_by: string;
  paused_days: number;
  paused: boolean;
  extended: boolean;
  days_left: number;
}

export interface SearchedStore {
  store: string;
  title: string;
  state: "waiting" | "searching" | "done";
  found?: number;
  candidates?: number;
}

/** What is weighed before something about another person is left out (Data Protection Act 2018, Schedule 2, paragraph 16(3)). */
export interface Weighed {
  information: string;
  confidentiality: boolean;
  consent: string;
  capable: boolean;
  refused: boolean;
}

export interface Redaction {
  number: number;
  item: string;
  reason: string;
  weighed?: Weighed | null;
  fact?: number | null;
  start?: number | null;
  end?: number | null;
  file?: number | null;
  by: string;
  at: string;
}

export interface Correction {
  item: string;
  field: string;
  value?: string | null;
}

/** That the person's details go from the system log once somebody else approves. */
export interface LogRemoval {
  ground: string;
  because: string;
  by: string;
}

export interface Receipt {
  store: string;
  title: string;
  changed: number;
  kept: { number: number; why: string; until: string | null; law: string | null }[];
}

export interface Website {
  site_id: string;
  name: string;
}

/** A website that answers requests itself, and holds something that may be the person's. */
export interface Elsewhere extends Website {
  contact: string;
  item: string;
  certain: boolean;
  taken: boolean;
  passed_at: string | null;
  outcome: string | null;
}

export interface Person {
  name: string | null;
  email: string | null;
  phone: string | null;
}

export interface Suppressed {
  since: string | null;
  reason: string;
}

/** Where the answer goes instead of the address that is searched. */
export interface AnswerAddress {
  name: string | null;
  email: string | null;
  post: string | null;
  authority: string;
  untold_because: string | null;
  by: string;
  at: string;
  approved_by: string | null;
  approved_at: string | null;
}

export interface RightsRequest extends Person {
  reference: string;
  type: RequestType | null;
  channel: Channel;
  state: State;
  received_at: string;
  details: string | null;
  post: string | null;
  answer_to: AnswerAddress | null;
  chat_id: string | null;
  correspondence_id: string | null;
  choices: string[];
  automatic: boolean;
  spam: boolean;
  follows: string | null;
  answers: { correspondence_id: string; at: string; another: boolean; automatic: boolean }[];
  answer_came: boolean;
  identity: { decision: "proven" | "not_proven"; method: string; at: string } | null;
  identity_due: string | null;
  everywhere: boolean;
  described: { website: string; since: string; until: string; words: string; by: string }[];
  judged: { item: string; taken: boolean; because: string; by: string; at: string }[];
  elsewhere: Elsewhere[];
  authority: { what: string; at: string } | null;
  clock: Clock | null;
  pauses: { asked: string; answered?: string | null; why: string; question?: string | null }[];
  extended_because: string | null;
  extended_for: "complexity" | "number" | null;
  ended_because: string | null;
  progress: { step: Step | null; failed: string | null; stores: SearchedStore[] };
  redactions: Redaction[];
  corrections: Correction[];
  taken: string[];
  reviewed_by: string[];
  approved: { by: string; at: string } | null;
  decision: string | null;
  ground: string | null;
  not_done: string | null;
  log_removal: LogRemoval | null;
  answered_at: string | null;
  copy: { sha256: string; size: number; until: string } | null;
  links: { at: string; by: string }[];
  fetched_at: string | null;
  receipt: Receipt[];
  recipients_to_tell: string[];
  letters: { what: string; at: string; outcome: string | null; website?: string | null; elsewhere: boolean; sent_on: string | null; sent_how: string | null }[];
  documents: number;
  /** Which mail to its address is stopped; not in a list, nor in the answer to most acts. */
  mail?: { letters: Suppressed | null; transcripts: Suppressed | null };
  events: { at: string; what: string; by: string }[];
  expires_at: string;
}

export interface Listed {
  requests: RightsRequest[];
  next: string | null;
}

export interface Numbers {
  from: string;
  to: string;
  open: Record<string, number>;
  overdue: number;
  ended: Record<string, number>;
  by_type: Record<string, number>;
  by_channel: Record<string, number>;
  on_time_percent: number | null;
  median_days: number | null;
}

export interface Fact {
  fact: number;
  name: string;
  value: string;
}

export interface Finding {
  item: string;
  title: string;
  website: Website | null;
  until: string | null;
  /** By what of the person it was found. */
  matched: string[];
  candidate: boolean;
  facts: Fact[];
  files: { file: number; name: string | null; content_type: string; size: number }[];
  /** Its next facts are in the next page. */
  more: boolean;
}

export interface Findings {
  store: string;
  items: Finding[];
  correctable: { field: string; name: string }[];
  next: string | null;
}

/** What every record of the desk has; `matched` where it was searched for. */
export interface DeskRecord extends Person {
  id: string;
  at: string;
  expires_at: string;
  restricted?: boolean | null;
  matched?: string[];
  candidate?: boolean;
}

export interface Correspondence extends DeskRecord {
  channel: "call" | "email";
  subject: string | null;
  text: string | null;
  chat_id: string | null;
  recorded_by: string | null;
  sent_at: string | null;
  attachments: { filename?: string | null; content_type: string; size: number }[];
  automatic: boolean | null;
  bounce: boolean | null;
  problem: string | null;
  from_email: string | null;
  choices: string[] | null;
  chosen_by: string | null;
  request_id: string | null;
  from_another: boolean | null;
  spam: boolean | null;
}

export interface Purchase extends DeskRecord {
  address: string | null;
  what: string;
  amount: string;
  currency: string;
  bought_on: string;
  processor: string;
  processor_reference: string;
  period_ends: string;
  hold_until: string | null;
  hold_because: string | null;
  hold_by: string | null;
}

export interface Disclosure extends DeskRecord {
  authority: string;
  legal_basis: string;
  reference: string;
  data_given: string;
  status: "proposed" | "approved";
  recorded_by: string;
  approver: string | null;
  approved_at: string | null;
  untold_until: string | null;
  untold_because: string | null;
}

export interface Page<T> {
  items: T[];
  next: string | null;
}
