/** Before a chat: why and how long, both policies, and only then what may be given (N2, N4, N5). */

import { Problem, backOff, pause, uniqueId } from "./api";
import { complain, contact, field, refuse, wrongText } from "./fields";
import type { Widget } from "./main";
import { LOCK, button, form, h, icon, link, say } from "./nodes";
import type { View } from "./panel";
import type { Site } from "./types";
import { W, back, fill } from "./words";

const OPEN_TRIES = 4;

/** @param said why it is shown @param draft what was written before */
export function formView(widget: Widget, said = "", draft = ""): View {
  const title = h("h3", { tabindex: "-1" });
  const hint = h("p.hint", { dir: "auto" });
  const whole = h("p.error", { role: "alert" });
  const details = contact();
  const message = field("message", "", draft, { "aria-required": "true", "aria-describedby": "only-needed message-error", rows: 3 });
  const fields = [message, ...details];
  const go = button(".button.start", "");
  let id = uniqueId();
  let busy = false;

  function setBusy(on: boolean) {
    busy = on;
    go.ariaDisabled = String(on);
    say(go, on ? W.wait : widget.site.online ? W.start : W.leave);
  }

  async function submit() {
    const text = message.input.value;
    if (busy) return;
    for (const one of fields) one.say();
    say(whole, "");
    const wrong = wrongText(text);
    if (wrong) return message.say(wrong);
    setBusy(true);
    try {
      const given = details.map((one) => [one.name, one.input.value.trim()]).filter(([, value]) => value);
      const wanted = { site_id: widget.site.site_id, ...Object.fromEntries(given), text, client_id: id };
      widget.opened(await open(widget, wanted, whole), text, id);
    } catch (problem) {
      if (problem instanceof Problem && problem.kind === "client_id_used") id = uniqueId();
      refuse(fields, whole, problem);
    } finally {
      setBusy(false);
    }
  }

  const [name, email, phone] = details;
  return {
    nodes: [form(".scroll", submit, said && h("p.error", { role: "alert" }, said), title, hint, notice(widget.site),
      h("p.why", { id: "only-needed" }, W.onlyNeeded), message.node, h("div.pair", {}, name.node, email.node), phone.node, whole, go)],
    focus: said || draft ? message.input : title,
    draft: (kept) => (kept ? "" : message.input.value),
    refresh() {
      const { online, texts, opens_at } = widget.site;
      say(title, online ? W.hello : W.awayHello);
      say(hint, online ? texts?.welcome : texts?.away || [opens_at && `${back(opens_at)}.`, W.awayHint].filter(Boolean).join(" "));
      setBusy(busy);
    },
  };
}

function notice({ name, notice: { text, url, site_policy_url: policy, controller, address, contact } }: Site) {
  const reach = contact && link(/^https?:/i.test(contact) ? contact : `mailto:${contact}`, contact);
  return h("section.notice", { "aria-label": W.notice }, icon(LOCK), h("p", { dir: "auto" }, text),
    (address || reach) && h("p.reach", { dir: "auto" }, [controller, ...(address?.split("\n") ?? [])].join(", "), reach && " · ", reach),
    h("p.links", {}, link(url, W.notice), policy && link(policy, fill(W.policy, name))));
}

/** Opens a chat, trying again under the same id while nobody answers. */
async function open(widget: Widget, wanted: object, whole: HTMLElement) {
  await pause(0); // what was just said is seen first: a browser's first look at the time zone takes long
  /** What nobody typed: where one of these is refused, the chat is opened without it. */
  const technical: Record<string, string | undefined> = {
    locale: widget.page.locale,
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    page_url: /^https?:/.test(location.protocol) ? location.origin + location.pathname : undefined, // a query may hold anything
  };
  for (let tries = 0; ; tries++) {
    try {
      return await widget.api<Parameters<Widget["opened"]>[0]>("POST", "/v1/chats", { body: { ...technical, ...wanted } });
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (technical[problem.field!]) {
        delete technical[problem.field!];
        continue;
      }
      if (!problem.passing || problem.status === 429 || tries >= OPEN_TRIES - 1) throw problem;
      complain(whole, W.offline);
      await pause(backOff(tries, problem.retryAfter));
    }
  }
}
