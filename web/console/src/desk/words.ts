/** The words of the desk: what the API's names are called in front of people. */

import { dayAndTime } from "../times";
import type { Channel, RequestType, State } from "./model";

export const TYPES: Record<RequestType, { name: string; asks: string; does: string }> = {
  access: { name: "Access", asks: "a copy of what is held about them", does: "A copy is made and the person is told by mail how to fetch it." },
  portability: { name: "Portability", asks: "what they gave, as a file for another service", does: "A copy of what the person gave is made, and they are told by mail how to fetch it." },
  rectification: { name: "Rectification", asks: "that something wrong is corrected", does: "The corrections below are made in every store, the person is told, and the request ends." },
  erasure: { name: "Erasure", asks: "that their data are deleted", does: "Everything that may go is deleted, for good. The person gets a receipt that says what is kept and why, and the request ends." },
  restriction: { name: "Restriction", asks: "that their data are kept but not used", does: "What was found is kept, but nobody can see or use it any more, here at the desk neither. The person is told, and the request ends." },
  objection: { name: "Objection", asks: "that their data are no longer used as they are", does: "What you decide here is done, the person is told, and the request ends." },
  complaint: { name: "Complaint", asks: "that a complaint is answered", does: "" },
};
export const TYPE_OPTIONS: [string, string][] = Object.entries(TYPES).map(([type, { name, asks }]) => [type, `${name}: ${asks}`]);
export const typeName = (type: RequestType | null): string => (type ? TYPES[type].name : "Not decided yet");

export const STATES: Record<State, string> = {
  candidate: "May be a request",
  awaiting_identity: "Waiting for proof of identity",
  in_progress: "In progress",
  closed: "Answered",
  refused: "Refused",
  withdrawn: "Withdrawn",
  dropped: "Not a request",
};
export const OPEN: readonly State[] = ["candidate", "awaiting_identity", "in_progress"];

export const CHANNELS: Record<Channel, string> = {
  form: "Form",
  mail: "Mail to the privacy address",
  support_mail: "Mail to support",
  chat: "Chat",
  social_media: "Social media",
  letter: "Letter",
  phone: "Phone",
  in_person: "In person",
};

export const METHODS: Record<string, string> = {
  document: "A document, seen by us",
  known_to_us: "The person is known to us",
  authority: "A written authority",
  code: "A code sent to their address",
};

export const SCHEDULE = "Data Protection Act 2018, Schedule 2, paragraph";

/** Why something stays out of a copy, and which law says so: for access, and for portability, where another does or none. */
export const REASONS: Record<string, { name: string; law: string; portability?: string }> = {
  other_person: { name: "It is about another person, who has not agreed", law: `${SCHEDULE} 16`, portability: "UK GDPR Article 20(4)" },
  others_rights: { name: "It would harm the rights of others, such as their trade secrets", law: "UK GDPR Article 15(4)", portability: "UK GDPR Article 20(4)" },
  legal_privilege: { name: "It is covered by legal privilege", law: `${SCHEDULE} 19` },
  self_incrimination: { name: "It would show that somebody committed an offence", law: `${SCHEDULE} 20` },
  forecast: { name: "It serves our planning, which would suffer", law: `${SCHEDULE} 22` },
  negotiation: { name: "It shows what we want in negotiations with them", law: `${SCHEDULE} 23` },
  crime: { name: "It would hinder the prevention or detection of crime", law: `${SCHEDULE} 2`, portability: `${SCHEDULE} 2` },
};
export const reasonOptions = (type: RequestType | null): [string, string][] =>
  Object.entries(REASONS)
    .filter(([, { portability }]) => type !== "portability" || portability)
    .map(([key, { name }]) => [key, name]);
export const reasonLaw = (reason: string, type: RequestType | null): string | undefined => REASONS[reason]?.[type === "portability" ? "portability" : "law"];

/** What is weighed before something about another person stays out, and the choices. */
export const INFORMATION: [string, string][] = [
  ["contact", "How to reach them"],
  ["private_life", "Their private life"],
  ["opinion", "What they think, or what is thought of them"],
  ["sensitive", "Health, beliefs or other special categories"],
  ["business", "Their work"],
  ["other", "Something else"],
];
export const CONSENT: [string, string][] = [
  ["asked", "We asked them; they did not agree"],
  ["not_asked", "We did not ask, for asking would do harm"],
  ["not_possible", "We could not ask them"],
];

/** On which ground data are erased (UK GDPR Article 17(1)). */
export const GROUNDS: [string, string][] = [
  ["no_longer_needed", "They are no longer needed: Article 17(1)(a)"],
  ["objected", "The person objects, and nothing weighs more: Article 17(1)(c)"],
  ["unlawful", "They were used unlawfully: Article 17(1)(d)"],
  ["required", "A law requires it: Article 17(1)(e)"],
];

export const EXTENSIONS: [string, string][] = [
  ["complexity", "The request is complex"],
  ["number", "The person makes many requests"],
];

/** Why a person's details go from the system log, and what the law calls that. */
export const LOG_GROUNDS: Record<string, { name: string; law: string }> = {
  objection_upheld: { name: "They objected, and their interests outweigh ours", law: "UK GDPR Articles 17(1)(c) and 21(1)" },
  unlawful_processing: { name: "The data were processed unlawfully", law: "UK GDPR Article 17(1)(d)" },
  order: { name: "A court or the Commissioner orders it", law: "UK GDPR Articles 17(1)(e) and 58(2)(g)" },
};

/** Why something restricted may be used all the same: the grounds of UK GDPR Article 18(2), and no others. */
export const UNLOCK_GROUNDS: Record<string, string> = {
  consent: "The person consents",
  legal_claims: "For legal claims",
  rights_of_another: "To protect the rights of another person",
  public_interest: "For important public interest",
};

const EVENTS: Record<string, string> = {
  received: "The request came in",
  confirmed: "Confirmed as a request",
  "identity proven": "Identity proven",
  "identity not proven": "Identity not proven; better proof asked for",
  "document seen": "A document was opened",
  asked: "A question went to the person; the clock runs on",
  paused: "The clock was stopped: a question went to the person",
  resumed: "The answer came; the clock goes on",
  extended: "Extended by two months; the person was told",
  "progress told": "The person was told how it goes",
  "letter sent": "A letter was sent by the desk",
  "handling noted": "An answer address was entered",
  "handling approved": "The answer address was approved",
  "handling taken back": "The answer address was taken back",
  "candidate taken": "A candidate was taken as the person’s",
  "candidate not taken": "A candidate was put aside",
  "something left out": "Something was left out of the copy",
  "put back": "Something left out was put back",
  "something withheld": "Something was left out of the copy without a mark",
  "withheld put back": "Something left out without a mark was put back",
  "correction noted": "A correction was noted",
  "log removal proposed": "It was proposed that their details go from the system log",
  "log removal withdrawn": "What was proposed for the system log was taken back",
  approved: "Approved",
  "approval taken back": "The approval was taken back",
  "tried again": "Tried again after a failure",
  suppression_lifted: "Mail to the address was allowed again",
  "link made": "A download link was made",
  "copy fetched": "The person fetched their copy",
  closed: "Closed as answered",
  refused: "Refused",
  withdrawn: "Withdrawn by the person",
  dropped: "Put aside: not a request",
};
export const eventName = (what: string): string => EVENTS[what] ?? what.charAt(0).toUpperCase() + what.slice(1).replaceAll("_", " ");

const LETTERS: Record<string, string> = {
  acknowledgement: "We have your request",
  code: "A new code",
  proof_refused: "The proof was not enough",
  no_proof: "Refused: no proof came",
  question: "A question to the person; the clock stands still",
  inquiry: "A question to the person",
  progress: "How the complaint stands",
  answer_elsewhere: "The answer goes to another address",
  extended: "The answer takes longer",
  refused: "Refusal",
  objection_overruled: "The objection is overruled",
  objection_upheld: "The objection is upheld",
  withdrawn: "Withdrawal confirmed",
  passed_on: "Passed on to a website",
  answered: "Answer",
  ready: "The copy is ready",
  nothing_held: "Nothing to give",
  rectified: "What was corrected",
  erased: "Receipt of the erasure",
  restricted: "Receipt of the restriction",
  restriction_lifted: "A restriction ends",
};
export const letterName = (what: string): string => LETTERS[what] ?? eventName(what);

const OUTCOMES: Record<string, string> = { sent: "sent by mail", to_post: "to be printed and sent by you", posted: "sent by you", bounced: "did not arrive", failed: "could not be sent", capped: "not sent: too many mails to this address today" };
export const outcomeName = (outcome: string | null): string => (outcome ? (OUTCOMES[outcome] ?? outcome.replaceAll("_", " ")) : "on its way");

const TASKS: Record<string, string> = {
  begin: "getting the search ready",
  search: "searching the stores",
  searched: "putting the findings together",
  export: "reading the findings",
  decide: "going on after the review",
  copy: "making the copy",
  change: "doing what was asked",
  receipt: "writing the receipt",
};
export const taskName = (task: string): string => TASKS[task] ?? task;

export const plural = (number: number, one: string, many = `${one}s`): string => `${number} ${number === 1 ? one : many}`;

const KIB = 1024;
export const size = (bytes: number): string =>
  bytes < KIB ? `${bytes} bytes` : bytes < KIB * KIB ? `${(bytes / KIB).toFixed(1)} KB` : `${(bytes / KIB / KIB).toFixed(1)} MB`;

/** As `text`, with its moments (RFC 3339) as people read them. */
export const readable = (text: string): string => text.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)/g, dayAndTime);

/** The name of a fact, which speaks to the person, as staff read it. */
export const byWhom = (name: string): string => readable(name).replace(/^You wrote/, "The person wrote");
