/**
 * Places in a fact's value. The API counts characters as Unicode code points; the browser counts UTF-16 units, and a
 * textarea shows each kind of line break as one unit.
 */

import type { Redaction } from "../model";

export interface Span {
  start: number;
  end: number;
}

/** A place counted in UTF-16 units, counted in code points. Inside of a pair it is the place before it. */
export function points(value: string, units: number): number {
  let at = 0;
  let count = 0;
  for (const point of value) {
    if (at + point.length > units) break;
    at += point.length;
    count++;
  }
  return count;
}

/** What stands from `start` to before `end`, in code points. */
export const cut = (value: string, { start, end }: Span): string => [...value].slice(start, end).join("");

/** A place in what a textarea shows of `value`, as a place in `value`, in UTF-16 units. */
export function fromField(value: string, units: number): number {
  let at = 0;
  for (let seen = 0; seen < units && at < value.length; seen++) at += value.startsWith("\r\n", at) ? 2 : 1;
  return at;
}

/** The other way round. */
export const toField = (value: string, units: number): number => value.slice(0, units).replaceAll("\r\n", "\n").length;

export interface Piece {
  text: string;
  /** Whether it stays out of the copy. */
  out: boolean;
}

/** The value in pieces, those that `redactions` of this fact leave out among them. */
export function pieces(value: string, redactions: Pick<Redaction, "start" | "end">[]): Piece[] {
  const all = [...value];
  const out = new Array<boolean>(all.length).fill(false);
  for (const { start, end } of redactions) out.fill(true, start ?? 0, end ?? all.length);
  const found: Piece[] = [];
  all.forEach((point, place) => {
    const last = found.at(-1);
    if (last && last.out === out[place]) last.text += point;
    else found.push({ text: point, out: out[place] ?? false });
  });
  return found;
}

/** What is selected inside of `element`, whose whole text is `value`; null where nothing of it is, or more than it. */
export function selected(element: HTMLElement, value: string): Span | null {
  const selection = getSelection();
  if (!selection || selection.rangeCount === 0 || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  if (!element.contains(range.startContainer) || !element.contains(range.endContainer)) return null;
  const before = document.createRange();
  before.selectNodeContents(element);
  before.setEnd(range.startContainer, range.startOffset);
  const from = before.toString().length;
  const span = { start: points(value, from), end: points(value, from + range.toString().length) };
  return span.start < span.end ? span : null;
}
