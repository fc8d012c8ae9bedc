/** A list that comes in pages, of which the page shows more and more. */

import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { type Problem, asProblem } from "../problem";

export interface Paged<T> {
  /** Undefined until the first page is there. */
  items: T[] | undefined;
  next: string | null;
  busy: boolean;
  problem: Problem | undefined;
  more: () => Promise<void>;
  /** From the beginning; what is shown stays until the first page is there. */
  again: () => Promise<void>;
}

/** `ask` answers the page at a place, the first for null; asked again from the beginning when something of `on` changes. */
export function usePaged<T>(ask: (place: string | null) => Promise<{ items: T[]; next: string | null }>, on: readonly unknown[]): Paged<T> {
  const [state, set] = useState<{ items?: T[]; next: string | null; busy: boolean; problem?: Problem }>({ next: null, busy: true });
  const turn = useRef(0);
  const load = useCallback(async (place: string | null) => {
    const mine = ++turn.current;
    set(({ problem: _, ...rest }) => ({ ...rest, busy: true }));
    try {
      const page = await ask(place);
      if (mine === turn.current) set(({ items }) => ({ items: place === null ? page.items : [...(items ?? []), ...page.items], next: page.next, busy: false }));
    } catch (failure) {
      const problem = asProblem(failure);
      if (mine === turn.current) set((rest) => ({ ...rest, busy: false, problem }));
    }
  }, on);
  useEffect(() => {
    set({ next: null, busy: true });
    void load(null);
    return () => void turn.current++;
  }, [load]);
  return { items: state.items, next: state.next, busy: state.busy, problem: state.problem, more: () => load(state.next), again: () => load(null) };
}
