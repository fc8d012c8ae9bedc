/**
 * The chat widget's first part: one classic script that a website puts on its pages.
 *
 *   <script src="https://.../widget.js" data-site="SITE" crossorigin async></script>
 *
 * Before the visitor's first act it asks once for its site, shows a button, and keeps nothing (N2). The rest is loaded
 * when the button is pointed at or pressed, or a chat goes on, from the page before or in another tab. Everything lives
 * in a shadow root, styles are constructed and nodes are built, so the page's content security policy needs to allow
 * this script's host, and nothing else.
 *
 * Attributes: data-colour, data-colour-dark (#rrggbb), data-position="left", data-theme="light|dark", data-visits="off".
 */

import css from "./button.css?inline";
import { BUBBLE, icon } from "./icon";
import type { Held, Page, Site, Word } from "./types";
import { UNCOUNTED, countVisits, mayCount } from "./visits";

/** File names of the second part and of the languages; filled in by the build. */
declare const PARTS: Record<string, string>;

const KEY = "imchat"; // the one entry in session storage
/** What the button is called; all other words are in words/. */
const LAUNCH: Record<string, string> = {
  en: "Chat with {0}",
  fr: "Discuter avec {0}",
  ar: "تحدّث مع {0}",
  de: "Mit {0} chatten",
  es: "Chatear con {0}",
};

const script = document.currentScript as HTMLScriptElement;
const { origin } = new URL(script.src);
const options = script.dataset;

/** A valid language tag of the page, else of the browser. */
function pageLocale(): string {
  try {
    return Intl.getCanonicalLocales((document.documentElement.lang || navigator.language).replaceAll("_", "-"))[0] ?? "en";
  } catch {
    return "en";
  }
}

/** The page's language where there are words for it and the site wants it, else the site's own: as the API chooses too. */
function choose(wanted: string, { language, languages }: Site): string {
  if (wanted in LAUNCH && (languages?.includes(wanted) ?? true)) return wanted;
  return language in LAUNCH ? language : "en";
}

/** Black or white, whichever is readable on the colour: one of them always has 4.5 to 1. */
function inkOn(colour: string): string {
  const [red, green, blue] = [1, 3, 5]
    .map((at) => parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue! > 0.18 ? "#000" : "#fff";
}

function paint({ style }: HTMLElement, site: Site) {
  const valid = (colour?: string | null) => (/^#[0-9a-f]{6}$/i.test(colour ?? "") ? colour! : "");
  const light = valid(options.colour) || valid(site.colour);
  const dark = valid(options.colourDark) || light;
  const both = (of: (colour: string) => string) => `light-dark(${of(light || dark)}, ${of(dark)})`;
  if (dark) {
    style.setProperty("--accent", both(String));
    style.setProperty("--ink", both(inkOn));
  }
  if (/^(light|dark)$/.test(options.theme ?? "")) style.colorScheme = options.theme!;
}

/** Puts the button on the page. */
function place(site: Site, locale: string, wanted: string): Page {
  const language = choose(wanted, site);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  const host = document.createElement("imchat-widget");
  const shadow = host.attachShadow({ mode: "open" });
  shadow.adoptedStyleSheets = [sheet];
  const root = document.createElement("div");
  root.className = options.position === "left" ? "root left" : "root";
  root.lang = language;
  root.dir = language === "ar" ? "rtl" : "ltr";
  paint(root, site);
  const launcher = document.createElement("button");
  const launch = LAUNCH[language]!.replace("{0}", () => site.name);
  launcher.className = "launcher";
  launcher.type = "button";
  launcher.ariaLabel = launch;
  launcher.ariaHasPopup = "dialog";
  launcher.ariaExpanded = "false";
  launcher.append(icon(BUBBLE));
  root.append(launcher);
  shadow.append(root);
  const page: Page = {
    origin, key: KEY, site, siteAt: Date.now(), locale, language, words: {}, shadow, root, launcher, launch, icon,
    uncounted: options.visits !== "off" && mayCount() ? UNCOUNTED : undefined,
    tell() {}, hear() {}, back() {},
  };
  stay(host, page);
  return page;
}

/** Beside the body, which frameworks replace; and back again where they take the whole page. */
function stay(host: HTMLElement, page: Page) {
  const gone = new MutationObserver(() => {
    if (host.isConnected || !document.documentElement) return;
    put();
    page.back();
  });
  function put() {
    document.documentElement.append(host);
    for (const parent of [document, document.documentElement]) gone.observe(parent, { childList: true });
  }
  put();
}

/** Whether a chat goes on from the page before. */
function goesOn() {
  try {
    return sessionStorage.getItem(KEY) !== null;
  } catch {
    return false; // the browser forbids it
  }
}

/** Asks the other tabs of this website for a chat, and hears of one that is opened there. */
function listen(page: Page, found: (held: Held) => void) {
  try {
    const channel = new BroadcastChannel(`${KEY} ${page.site.site_id}`);
    page.tell = (word) => channel.postMessage(word);
    page.hear = (word) => "held" in word && found(word.held);
    channel.onmessage = ({ data }: MessageEvent<Word>) => page.hear(data);
    page.tell({ ask: true });
  } catch { /* each tab for itself */ }
}

async function start() {
  const locale = pageLocale();
  const wanted = locale.split("-")[0]!;
  const answer = await fetch(`${origin}/v1/sites/${encodeURIComponent(options.site ?? "")}`, {
    cache: "no-store", credentials: "omit", referrerPolicy: "no-referrer", headers: { "Accept-Language": wanted },
  });
  if (!answer.ok) throw new Error(`the API answered ${answer.status} for site “${options.site}”`);
  const site = await answer.json();
  if (!document.body) await new Promise((there) => addEventListener("DOMContentLoaded", there, { once: true }));
  const page = place(site, locale, wanted);
  const { launcher } = page;
  let tries = 0;
  let rest: Promise<any[]> | undefined;
  let pressed = false;

  /** Loads the rest, once. The address changes with each try, for some browsers remember a failure. */
  function load() {
    const again = tries ? `?${tries + 1}` : "";
    return (rest ??= Promise.all(
      ["main", page.language].map((part) => import(/* @vite-ignore */ new URL(PARTS[part] + again, script.src).href)),
    ).catch((failure) => {
      tries++;
      rest = undefined;
      throw failure;
    }));
  }

  async function begin(held?: Held) {
    if (launcher.ariaBusy === "true") return;
    launcher.ariaBusy = "true";
    launcher.classList.remove("unreached");
    try {
      const [main, words] = await load();
      page.words = words.default;
      launcher.removeEventListener("click", press);
      main.run(page, pressed, held);
    } catch (failure) {
      launcher.classList.add("unreached");
      console.warn("imchat: the chat could not be loaded", failure);
    }
    launcher.ariaBusy = "false";
  }
  function press() {
    pressed = true; // also while it loads
    begin();
  }
  launcher.addEventListener("click", press);
  for (const sign of ["pointerenter", "focus"]) { // who points at it will press it
    launcher.addEventListener(sign, () => void load().catch(() => {}), { once: true }); // a press says what went wrong
  }
  if (goesOn()) begin();
  listen(page, begin);
  if (page.uncounted) countVisits(origin, page.site.site_id);
}

/** Once, though frameworks that replace the body run its scripts again. */
const global = window as { imchat?: true };
if (!global.imchat) {
  global.imchat = true;
  start().catch((why: unknown) => console.warn("imchat: no chat on this page:", why));
}
