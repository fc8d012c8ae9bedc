/** One request, kept fresh while the machine works on it, and whatever is done to it. */

import { useCallback, useEffect, useRef } from "preact/hooks";
import { call, get } from "../../api";
import { type Asked, useAsked } from "../../asked";
import { Problem } from "../../problem";
import type { RightsRequest } from "../model";
import { outdated, working } from "./work";

const WHILE_WORKING_MS = 2_000;

export type Act = (method: "POST" | "PUT" | "DELETE", path: string, body?: object) => Promise<void>;

export interface OneRequest {
  asked: Asked<RightsRequest>;
  /** Does something to it by a path below its own. Refused because somebody else was quicker: the page is up to date then. Throws Problem. */
  act: Act;
}

export function useRequest(reference: string): OneRequest {
  const path = `/v1/desk/requests/${encodeURIComponent(reference)}`;
  const asked = useAsked(() => get<RightsRequest>(path), [path]);
  const { data, again, take, loading } = asked;
  // Most acts change nothing about the address, and their answers do not say it.
  const mail = useRef<RightsRequest["mail"]>(undefined);
  mail.current = data?.mail;
  useEffect(() => {
    if (!data || loading || !working(data)) return;
    const soon = setTimeout(() => void again(), WHILE_WORKING_MS);
    return () => clearTimeout(soon);
  }, [data, loading]);
  useEffect(() => {
    const seen = () => document.visibilityState === "visible" && void again();
    document.addEventListener("visibilitychange", seen);
    return () => document.removeEventListener("visibilitychange", seen);
  }, [again]);
  const act = useCallback<Act>(
    async (method, below, body) => {
      try {
        const done = await call<RightsRequest>(method, `${path}/${below}`, body ?? (method === "POST" ? {} : undefined));
        take({ ...(mail.current && { mail: mail.current }), ...done });
      } catch (failure) {
        if (failure instanceof Problem && outdated(failure)) await again();
        throw failure;
      }
    },
    [path],
  );
  return { asked, act };
}
