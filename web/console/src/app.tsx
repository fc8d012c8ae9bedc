/** The frame around all pages: who may see what, and the sign-in in front of or over it. */

import type { ComponentType } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { type Problem, asProblem } from "./problem";
import { at, go, useRoute } from "./route";
import { type Group, type Me, begin, lapsed, me } from "./session";
import { Shell } from "./shell";
import { SignIn } from "./sign-in/sign-in";
import { Failure, Loading } from "./ui/states";
import { Toasts } from "./ui/toast";
import { useWatched } from "./watched";

/** The areas: loaded when somebody goes there. `group` is who may. */
export const AREAS: { name: string; group: Group; load: () => Promise<{ default: ComponentType<{ route: string[] }> }> }[] = [
  { name: "chats", group: "operator", load: () => import("./chats/area") },
  { name: "site", group: "owner", load: () => import("./site/area") },
  { name: "desk", group: "privacy", load: () => import("./desk/area") },
];

export function App() {
  const who = useWatched(me);
  const again = useWatched(lapsed);
  const [problem, set] = useState<Problem>();
  const start = () => {
    set(undefined);
    begin().catch((failure: unknown) => set(asProblem(failure)));
  };
  useEffect(start, []);
  const before = useRef<HTMLElement | null>(null);
  if (again) before.current ??= document.activeElement as HTMLElement | null;
  useEffect(() => {
    if (again) return;
    before.current?.focus(); // one goes on where one was
    before.current = null;
  }, [again]);
  if (problem) return <Failure problem={problem} again={start} />;
  if (who === undefined)
    return (
      <div class="sign-in">
        <Loading />
      </div>
    );
  if (who === null) return <SignIn />;
  return (
    <>
      <div inert={again}>
        <Shell me={who}>
          <Place me={who} />
        </Shell>
      </div>
      {again && <SignIn over={who.username} />}
      <Toasts />
    </>
  );
}

function Place({ me }: { me: Me }) {
  const route = useRoute();
  const allowed = AREAS.filter((area) => me.groups.includes(area.group));
  const area = allowed.find((one) => one.name === route[0]);
  const first = allowed[0];
  const [loaded, set] = useState<Record<string, ComponentType<{ route: string[] }>>>({});
  const [problem, failed] = useState<Error>();
  useEffect(() => {
    if (!area) {
      if (first) go(at(first.name), { instead: true });
      return;
    }
    if (!loaded[area.name]) area.load().then(({ default: Area }) => set((all) => ({ ...all, [area.name]: Area })), failed);
  }, [area]);
  if (!first) return <p class="page">This account belongs to none of the groups that may use the console. Ask whoever made it.</p>;
  if (problem) return <p class="page" role="alert">This part of the console could not be loaded. Please reload the page.</p>;
  const Area = area && loaded[area.name];
  return Area ? <Area route={route.slice(1)} /> : <Loading />;
}
