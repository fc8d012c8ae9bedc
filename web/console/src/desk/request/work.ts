/** Where a request stands: whether the machine works on it, and what has to happen next. */

import type { Problem } from "../../problem";
import { day } from "../../times";
import type { RightsRequest } from "../model";
import { OPEN, TYPES, plural, taskName } from "../words";

export const isOpen = (request: RightsRequest): boolean => OPEN.includes(request.state);
export const isCopied = ({ type }: RightsRequest): boolean => type === "access" || type === "portability";

/** Whether the machine is at work, so that the page has something to wait for. */
export function working(request: RightsRequest): boolean {
  const { step, failed } = request.progress;
  if (failed) return false;
  if (!isOpen(request)) return step !== null && step !== "done";
  if (request.state !== "in_progress") return false;
  if (step === "review") return request.approved !== null;
  if (step === "delivery") return request.type !== "complaint" && request.approved === null;
  return true;
}

export const underReview = (request: RightsRequest): boolean => request.state === "in_progress" && request.progress.step === "review" && !request.approved && request.type !== "complaint";

/** Whether what was found can be looked at. */
export const searched = (request: RightsRequest): boolean => request.state === "in_progress" && ["review", "answer", "delivery", "attention"].includes(request.progress.step ?? "") && request.progress.stores.some((one) => one.state === "done");

const LET_IN = ["received", "confirmed", "identity proven", "identity not proven"];

/** Whether somebody else than `me` has to approve. */
export function needsAnother(request: RightsRequest, me: string): boolean {
  const judged = request.redactions.length > 0 || request.taken.length > 0 || request.corrections.length > 0 || !!request.log_removal;
  return request.answer_to?.by === me || request.events.some(({ what, by }) => by === me && LET_IN.includes(what)) || (judged && request.reviewed_by.includes(me));
}

export interface Next {
  what: string;
  why?: string;
  /** Whether somebody of the desk has to do it. */
  ours: boolean;
}

/** What must happen next, in a sentence. */
export function next(request: RightsRequest, me: string): Next {
  const { state, clock, progress } = request;
  if (state === "candidate") return { ours: true, what: "Read the mail and say whether it is a request, and what it asks for." };
  if (state === "awaiting_identity") return identity(request);
  if (!isOpen(request)) return { ours: false, what: ended(request), why: progress.step !== null && progress.step !== "done" ? "What was made for the answer is being cleared away." : "Nothing more is to be done." };
  if (progress.failed) return { ours: true, what: `Something failed while ${taskName(progress.failed)}. Try again; nothing was done by halves.`, why: "If it fails again, tell whoever runs the system." };
  if (clock?.paused) return { ours: true, what: "We wait for the person’s answer. When it has come, let the clock go on." };
  if (request.type === "complaint") return complaint(request);
  if (underReview(request)) return review(request, me);
  if (progress.step === "delivery" && request.approved) return delivery(request);
  return request.approved ? { ours: false, what: isCopied(request) ? "The copy is being made." : "What was asked is being done in every store." } : { ours: false, what: "Every store is being searched." };
}

const went = (outcome: string | null): boolean => outcome === "sent" || outcome === "posted";

function complaint(request: RightsRequest): Next {
  const by = request.clock ? ` by ${day(request.clock.due)}` : "";
  const acknowledged = request.letters.find(({ what }) => what === "acknowledgement");
  if (acknowledged && acknowledged.outcome && !went(acknowledged.outcome)) return { ours: true, what: `Acknowledge the complaint${by}: print the letter, send it, and say so.`, why: "The law gives 30 days from its receipt." };
  return { ours: true, what: "Look into the complaint, then close it with your answer: it goes to the person by letter.", why: `If it takes longer, tell them how it goes${by}.` };
}

function identity(request: RightsRequest): Next {
  const by = request.identity_due ? ` before ${day(request.identity_due)}` : "";
  if (request.documents) return { ours: true, what: `${plural(request.documents, "document")} came: look, then decide whether that proves who asks.` };
  if (request.email) return { ours: false, what: `The person has to prove${by} who they are: with the code that went to their address, or with a document.`, why: "Without proof nothing is searched. If none comes, the request is refused by itself on that day, and the person is told how one of us looks at it again. Where something has come, you decide." };
  return { ours: true, what: `Make sure${by} who asks: there is no address to send a code to.`, why: "Ask for a document or whatever else proves it, then decide." };
}

function review(request: RightsRequest, me: string): Next {
  const candidates = request.progress.stores.reduce((sum, one) => sum + (one.candidates ?? 0), 0);
  if (needsAnother(request, me)) return { ours: true, what: "Somebody else has to approve: you took the request in, decided on identity, entered where the answer goes, or judged what was found." };
  if (request.type === "objection") return { ours: true, what: "Look at what was found, then decide on the objection." };
  if (request.type === "rectification" && request.corrections.length === 0) return { ours: true, what: "Look at what was found and note what is to be corrected." };
  const judge = candidates ? `, judge ${plural(candidates, "candidate")}` : "";
  return { ours: true, what: `Look at what was found${judge}, then approve.` };
}

function delivery(request: RightsRequest): Next {
  const letter = request.letters.findLast(({ what, elsewhere }) => what === "ready" && elsewhere);
  if (letter && !went(letter.outcome)) return { ours: true, what: "Print the letter, make a link to the copy, send both to the answer address, and say so.", why: "No code opens this copy: only you can send it." };
  if (letter) return { ours: true, what: "The letter and the copy were sent. You can close the request.", why: "Closing deletes the copy here." };
  if (!request.copy) return { ours: true, what: "The person was told that we have nothing about them to give. You can close the request.", why: "It closes by itself after 30 days." };
  if (request.fetched_at) return { ours: true, what: "The person has fetched their copy. You can close the request.", why: "Closing deletes the copy here." };
  return { ours: false, what: `The copy waits for the person until ${day(request.copy.until)}; they were told.`, why: request.email ? "They fetch it with a code that is mailed to them. Closing deletes the copy here." : "There is no address: make a link, print or burn the copy, and send it safely. Then close the request." };
}

function ended(request: RightsRequest): string {
  const how: Partial<Record<RightsRequest["state"], string>> = { closed: "It was answered", refused: "It was refused", withdrawn: "The person withdrew it", dropped: "It was no request" };
  return `${how[request.state] ?? "It has ended"}${request.ended_because ? `: ${request.ended_because}` : "."}`;
}

/** What approving does, before it is done. */
export function approving(request: RightsRequest): string {
  if (isCopied(request) && request.answer_to) return "A copy is made. You send it to the answer address, with its letter.";
  return request.type ? TYPES[request.type].does : "";
}

/** Whether a refusal says that the page shows something older than there is. */
export const outdated = (problem: Problem): boolean => problem.status === 409 || problem.status === 404;
