/** Who did what, in words: the log keeps ids. */

import { get, query, whole } from "../api";
import { me } from "../session";
import { Watched, useWatched } from "../watched";

const TAIL = 4;
const names = new Watched<Record<string, string>>({});
let asked = false;

function ask(): void {
  asked = true;
  whole<{ staff: { operator_id: string; name: string }[] }>((next) => get(query("/v1/desk/staff", { next }))).then(
    ({ staff }) => names.set(Object.fromEntries(staff.map((one) => [one.operator_id, one.name]))),
    () => (asked = false), // ids are shown until it works
  );
}

/** Answers a function from an id in the log to a name. */
export function useStaff(): (by: string) => string {
  const known = useWatched(names);
  if (!asked) ask();
  return (by) => {
    if (by === "system") return "the system";
    if (by === "visitor" || by === "requester") return "the person";
    if (by === me.value?.id) return "you";
    return known[by] ?? `a colleague (${by.slice(-TAIL)})`;
  };
}
