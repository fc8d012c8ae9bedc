/**
 * The chat widget's first part: one classic script that a website puts on its pages.
 *
 *   <script src="https://.../widget.js" data-site="SITE" async></script>
 *
 * Before the visitor's first act it asks once for its site, shows a button, and keeps nothing (N2). The rest, widget/,
 * is native modules that are loaded when the button is pressed or a chat goes on from the page before; no build step.
 * Everything lives in a shadow root, styles are constructed and nodes are built, so the page's content security policy
 * needs to allow this script's host and the API's, and nothing else.
 */
(() => {
"use strict";

const KEY = "imchat"; // the one entry in session storage
/** What the button is called, by language; all other words are in widget/words/. @type {Record<string, string>} */
const LAUNCH = { en: "Chat with {0}", fr: "Discuter avec {0}", ar: "تحدّث مع {0}" };
const RIGHT_TO_LEFT = ["ar"];
const BUBBLE = "M4 5.5A1.5 1.5 0 0 1 5.5 4h13A1.5 1.5 0 0 1 20 5.5v9a1.5 1.5 0 0 1-1.5 1.5H11l-4.5 4v-4h-1A1.5 1.5 0 0 1 4 14.5z";

const script = /** @type {HTMLScriptElement} */ (document.currentScript);
const API = new URL(script.src).origin;

/**
 * @typedef {{site_id: string, name: string, online: boolean, colour?: string|null, poll_interval_ms: number,
 *   notice: {text: string, url: string, updated: string, site_policy_url?: string|null}}} Site  as the API answers it
 * @typedef {{api: string, key: string, site: Site, locale: string, language: string, shadow: ShadowRoot,
 *   root: HTMLElement, launcher: HTMLButtonElement, launch: string}} Page  what this part hands to widget/main.js
 */

/** A valid language tag of the page, else of the browser. */
function pageLocale() {
  try {
    return Intl.getCanonicalLocales((document.documentElement.lang || navigator.language).replaceAll("_", "-"))[0] ?? "en";
  } catch {
    return "en";
  }
}

const CSS = `
:host { all: initial !important; display: block !important; }
@media print { :host { display: none !important; } }
* { box-sizing: border-box; margin: 0; padding: 0; }
.root {
  --accent: #0f5c58; --ink: #fff; --paper: #fff; --soft: #f1f4f3; --text: #17201f; --mute: #55615f; --line: #dbe1df;
  --field: #7a8785; --bad: #b3261e; --good: #18794e; --gap: 20px;
  font: 400 .9375em/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Sans Arabic", sans-serif;
  color: var(--text); text-align: start; color-scheme: light dark; -webkit-text-size-adjust: 100%; text-size-adjust: 100%;
}
@media (prefers-color-scheme: dark) {
  .root { --accent: #18786f; --ink: #fff; --paper: #151b1b; --soft: #232c2b; --text: #ecf2f1; --mute: #a3b1af;
    --line: #313c3b; --field: #7d8b89; --bad: #ff9d94; --good: #63d39a; }
}
[hidden] { display: none !important; }
.icon { width: 22px; height: 22px; display: block; fill: none; stroke: currentColor; stroke-width: 1.9; stroke-linecap: round;
  stroke-linejoin: round; }
.launcher { position: fixed; inset-block-end: 20px; inset-inline-end: 20px; z-index: 2147483646; width: 58px; height: 58px;
  border: 0; border-radius: 50%; background: var(--accent); color: var(--ink); font: inherit; cursor: pointer; display: grid;
  place-items: center; touch-action: manipulation; box-shadow: 0 1px 2px #0003, 0 8px 24px #0004; }
.launcher .icon { width: 27px; height: 27px; }
.launcher:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; box-shadow: 0 0 0 3px var(--ink); }
.launcher[aria-busy=true] { cursor: progress; }
.launcher.unreached::after { content: "!"; position: absolute; inset-block-start: -4px; inset-inline-end: -4px; width: 22px; height: 22px;
  border-radius: 50%; background: #b3261e; color: #fff; font-weight: 700; line-height: 22px; }
@media (prefers-reduced-motion: no-preference) { .launcher { transition: transform .15s; } .launcher:hover { transform: scale(1.05); } }
@media (forced-colors: active) { .launcher { border: 1px solid; } }
`;

/** Black or white, whichever is readable on the colour: one of them always has 4.5 to 1. @param {string} colour #rrggbb */
function inkOn(colour) {
  const [red, green, blue] = [1, 3, 5]
    .map((at) => parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.18 ? "#000" : "#fff";
}

/** Puts the button on the page. @param {Site} site @param {string} locale @param {string} language @returns {Page} */
function place(site, locale, language) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(CSS);
  const host = document.createElement("imchat-widget");
  const shadow = host.attachShadow({ mode: "open" });
  shadow.adoptedStyleSheets = [sheet];
  const root = document.createElement("div");
  root.className = "root";
  root.lang = language;
  root.dir = RIGHT_TO_LEFT.includes(language) ? "rtl" : "ltr";
  if (/^#[0-9a-f]{6}$/i.test(site.colour ?? "")) {
    root.style.setProperty("--accent", /** @type {string} */ (site.colour));
    root.style.setProperty("--ink", inkOn(/** @type {string} */ (site.colour)));
  }
  const icon = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  icon.setAttribute("class", "icon");
  icon.setAttribute("viewBox", "0 0 24 24");
  icon.setAttribute("aria-hidden", "true");
  icon.append(document.createElementNS("http://www.w3.org/2000/svg", "path"));
  icon.firstElementChild?.setAttribute("d", BUBBLE);
  const launcher = document.createElement("button");
  const launch = LAUNCH[language].replace("{0}", site.name);
  launcher.className = "launcher";
  launcher.type = "button";
  launcher.setAttribute("aria-label", launch);
  launcher.setAttribute("aria-haspopup", "dialog");
  launcher.setAttribute("aria-expanded", "false");
  launcher.append(icon);
  root.append(launcher);
  shadow.append(root);
  document.body.append(host);
  return { api: API, key: KEY, site, locale, language, shadow, root, launcher, launch };
}

/** Whether a chat goes on from the page before. */
function goesOn() {
  try {
    return sessionStorage.getItem(KEY) !== null;
  } catch {
    return false; // the browser forbids it
  }
}

let tries = 0;
/** Loads the rest. The address changes with each try, for some browsers remember a failure. */
function load() {
  const address = new URL("widget/main.js", script.src);
  if (tries++) address.searchParams.set("try", String(tries));
  return import(address.href);
}

async function start() {
  const locale = pageLocale();
  const language = locale.split("-")[0] in LAUNCH ? locale.split("-")[0] : "en";
  const answer = await fetch(`${API}/v1/sites/${encodeURIComponent(script.dataset.site ?? "")}`, {
    cache: "no-store", credentials: "omit", referrerPolicy: "no-referrer", headers: { "Accept-Language": language },
  });
  if (!answer.ok) throw new Error(`the API answered ${answer.status} for site “${script.dataset.site}”`);
  const page = place(await answer.json(), locale, language);
  const { launcher } = page;

  let pressed = false;
  async function begin() {
    if (launcher.getAttribute("aria-busy") === "true") return;
    launcher.setAttribute("aria-busy", "true");
    launcher.classList.remove("unreached");
    try {
      const { open } = await load();
      const run = await open(page);
      launcher.removeEventListener("click", press);
      run(pressed);
    } catch (failure) {
      launcher.classList.add("unreached");
      console.warn("imchat: the chat could not be loaded", failure);
    }
    launcher.removeAttribute("aria-busy");
  }
  function press() {
    pressed = true; // also while it loads
    begin();
  }
  launcher.addEventListener("click", press);
  if (goesOn()) begin();
}

const failed = (/** @type {unknown} */ why) => console.warn("imchat: no chat on this page:", why);
if (document.body) start().catch(failed);
else addEventListener("DOMContentLoaded", () => start().catch(failed), { once: true });
})();
