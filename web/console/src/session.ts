/**
 * Who is signed in. The tokens live in this page's memory only; what lets a reload go on is a cookie that no script can
 * read. When the session ends under somebody's hands the page stays as it is, and goes on after they have signed in again.
 */

import { http } from "./http";
import { Problem } from "./problem";
import { Watched } from "./watched";

export type Group = "operator" | "owner" | "privacy";

export interface Me {
  id: string;
  name: string;
  username: string;
  siteId: string;
  groups: Group[];
}

export interface Challenge {
  challenge: "new_password" | "totp" | "totp_setup";
  session: string;
  username: string;
  secret?: string;
}

interface SignedIn {
  state: "signed_in";
  id_token: string;
  access_token: string;
  expires_in: number;
}

type Answer = SignedIn | ({ state: "challenge" } & Challenge);

const EARLY_MS = 60_000; // a token is renewed before it ends
const RETRY_MS = 3_000;

/** Undefined until it is known whether a session goes on; null where nobody is signed in. */
export const me = new Watched<Me | null | undefined>(undefined);
/** Whether who was signed in has to sign in again before anything goes on. */
export const lapsed = new Watched(false);

let tokens: { id: string; access: string; until: number } | null = null;
let renewing: Promise<void> | null = null;
let waiting: (() => void)[] = [];

/** Whether a session goes on from before the page was loaded. */
export async function begin(): Promise<void> {
  try {
    await renew();
  } catch (problem) {
    if (problem instanceof Problem && problem.status === 0) throw problem;
    me.set(null);
  }
}

/** The first step; a challenge where more is asked. Throws Problem. */
export async function signIn(username: string, password: string): Promise<Challenge | null> {
  return taken(await http<Answer>("/v1/sign-in", { method: "POST", body: { username, password } }));
}

/** The answer to a challenge; another where still more is asked. Throws Problem. */
export async function answer(challenge: Challenge, given: { password?: string; code?: string }): Promise<Challenge | null> {
  const { challenge: what, session, username } = challenge;
  const body = { challenge: what, session, username, ...given };
  return taken(await http<Answer>("/v1/sign-in/challenge", { method: "POST", body }));
}

/** Ends the session at the server and here: the page starts anew, so that nothing of it stays in memory. Throws Problem, and
 * then one is still signed in: the cookie is the server's to take. */
export async function signOut(): Promise<void> {
  await http("/v1/sign-in", { method: "DELETE" });
  location.reload();
}

/** A token that holds; waits for the person to sign in again where that is what it takes. */
export async function idToken(): Promise<string> {
  return (await held()).id;
}

/** As `idToken`, for what concerns the sign-in itself. */
export async function accessToken(): Promise<string> {
  return (await held()).access;
}

async function held(): Promise<{ id: string; access: string }> {
  while (lapsed.value || !tokens || tokens.until - EARLY_MS < Date.now()) {
    if (lapsed.value) await new Promise<void>((resolve) => waiting.push(resolve));
    else await renewed();
  }
  return tokens;
}

async function renewed(): Promise<void> {
  try {
    await renew();
  } catch (failure) {
    if (!(failure instanceof Problem)) throw failure;
    if (failure.status === 401 || failure.status === 403) lapse();
    else if (tokens && tokens.until > Date.now()) tokens.until = Math.max(tokens.until, Date.now() + EARLY_MS + RETRY_MS);
    else throw failure;
  }
}

/** The server refused our token: nothing goes on until somebody has signed in. */
export function lapse(): void {
  tokens = null;
  lapsed.set(true);
}

function renew(): Promise<void> {
  renewing ??= http<Answer>("/v1/sign-in/refresh", { method: "POST", body: {} })
    .then((given) => void taken(given))
    .finally(() => (renewing = null));
  return renewing;
}

function taken(given: Answer): Challenge | null {
  if (given.state === "challenge") return given;
  const who = read(given.id_token);
  if (me.value && me.value.id !== who.id) {
    // Somebody else than before, by the cookie of another tab: nothing of what stands on the page is theirs, and nothing
    // that waits here goes out under their name.
    lapse();
    location.reload();
    return null;
  }
  tokens = { id: given.id_token, access: given.access_token, until: Date.now() + given.expires_in * 1000 };
  if (!me.value) me.set(who);
  lapsed.set(false);
  for (const go of waiting.splice(0)) go();
  return null;
}

/** What an ID token says. Only the server checks it: this is for showing, never for deciding. */
function read(token: string): Me {
  const part = (token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/");
  const bytes = Uint8Array.from(atob(part), (letter) => letter.charCodeAt(0));
  const claims = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
  return {
    id: String(claims.sub),
    name: String(claims.nickname ?? claims["cognito:username"]),
    username: String(claims["cognito:username"]),
    siteId: String(claims["custom:site_id"]),
    groups: (claims["cognito:groups"] as Group[] | undefined) ?? [],
  };
}
