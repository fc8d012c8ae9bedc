/** What a page asks the server for when it opens, and again when asked to. */

import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { type Problem, asProblem } from "./problem";

export interface Asked<T> {
  /** The last answer, also while a new one is asked for. */
  data: T | undefined;
  problem: Problem | undefined;
  loading: boolean;
  again: () => Promise<void>;
  /** Puts a newer answer in place, as an act on the same thing gave it. */
  take: (data: T) => void;
}

/** Asks when the page opens and whenever something of `on` has changed; the answer to an older question never replaces a newer one. */
export function useAsked<T>(ask: () => Promise<T>, on: readonly unknown[]): Asked<T> {
  const [state, set] = useState<{ data?: T; problem?: Problem; loading: boolean }>({ loading: true });
  const turn = useRef(0);
  const again = useCallback(async () => {
    const mine = ++turn.current;
    set(({ data }) => ({ ...(data !== undefined && { data }), loading: true }));
    try {
      const data = await ask();
      if (mine === turn.current) set({ data, loading: false });
    } catch (failure) {
      const problem = asProblem(failure);
      if (mine === turn.current) set(({ data }) => ({ ...(data !== undefined && { data }), problem, loading: false }));
    }
  }, on);
  useEffect(() => {
    set({ loading: true });
    void again();
    return () => void turn.current++;
  }, [again]);
  const take = useCallback((data: T) => {
    turn.current++;
    set({ data, loading: false });
  }, []);
  return { data: state.data, problem: state.problem, loading: state.loading, again, take };
}
