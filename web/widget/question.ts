/** A sheet over the view that asks something before it is done. */

import { Problem } from "./api";
import { type Field, refuse } from "./fields";
import { button, form, h, say } from "./nodes";
import type { Panel } from "./panel";
import { W } from "./words";

export interface Extra {
  fields?: readonly Field[];
  danger?: boolean;
  /** What went wrong before. */
  said?: string;
}

/** What was filled in, null for a blank field. Throws a Problem where refused. */
export type Act = (values: Record<string, string | null>) => Promise<void>;

export function ask(panel: Panel, title: string, why: string, yes: string, act: Act, { fields = [], danger, said }: Extra) {
  panel.closeSheet?.();
  const from = panel.page.shadow.activeElement as HTMLElement | null;
  const whole = h("p.error", { role: "alert" }, said);
  const go = button(danger ? ".button.bad" : ".button", yes);
  const cancel = button(".button.quiet", W.cancel, () => panel.closeSheet?.());

  async function answer() {
    if (go.ariaDisabled) return;
    go.ariaDisabled = "true";
    for (const one of fields) one.say();
    say(whole, "");
    try {
      await act(Object.fromEntries(fields.map((one) => [one.name, one.input.value.trim() || null])));
      if (veil.isConnected) panel.closeSheet?.();
    } catch (problem) {
      if (problem instanceof Problem && problem.gone) panel.told.gone();
      else refuse(fields, whole, problem);
    }
    go.ariaDisabled = null;
  }

  const veil = h("div.veil", {}, h("div.sheet", { role: "dialog", "aria-modal": "true", "aria-labelledby": "ask", "aria-describedby": "why" },
    form("", answer, h("h3", { id: "ask" }, title), h("p.hint", { id: "why" }, why), ...fields.map((one) => one.node), whole, go, cancel)));
  const below = [panel.head, panel.body];
  for (const part of below) part.inert = true;
  panel.dialog.append(veil);
  panel.closeSheet = () => {
    panel.closeSheet = null;
    veil.remove();
    for (const part of below) part.inert = false;
    if (from?.isConnected && panel.open) from.focus();
    else panel.focus();
  };
  (fields[0]?.input ?? cancel).focus();
}
