/** How the chat looks with the settings as they stand in the form. Drawn here: it is nothing that one can use. */

import { useState } from "preact/hooks";
import type en from "../../../../widget/words/en";
import { useAsked } from "../../asked";
import { Icon } from "../../ui/icon";
import { inkOn, isColour } from "./colour";
import { COLOUR, type Settings } from "./draft";

const STATES = [
  ["welcome", "Present"],
  ["away", "Away"],
] as const;

/** The widget's own words. */
const WORDS: Record<string, () => Promise<{ default: Pick<typeof en, "online" | "away" | "hello" | "awayHello" | "awayHint" | "message" | "start" | "leave"> }>> = {
  en: () => import("../../../../widget/words/en"),
  fr: () => import("../../../../widget/words/fr"),
  de: () => import("../../../../widget/words/de"),
  es: () => import("../../../../widget/words/es"),
  ar: () => import("../../../../widget/words/ar"),
};

export function Preview({ draft, language }: { draft: Settings; language: string }) {
  const [state, show] = useState<"welcome" | "away">("welcome");
  const colour = isColour(draft.colour) ? draft.colour : COLOUR;
  const words = useAsked(async () => (await WORDS[language]?.())?.default, [language]).data;
  const here = state === "welcome";
  const said = draft.texts[language]?.[state]?.trim();
  return (
    <section class="look-preview" aria-label="Preview">
      <header>
        <h2>Preview</h2>
        <div class="tabs">
          {STATES.map(([key, words]) => (
            <button key={key} type="button" aria-pressed={state === key} onClick={() => show(key)}>
              {words}
            </button>
          ))}
        </div>
      </header>
      <div class="stage" style={{ "--its-colour": colour, "--its-ink": inkOn(colour) }}>
        <div class="mock" lang={language} dir={language === "ar" ? "rtl" : "ltr"}>
          <div class="mock-head">
            <span class="mock-mark">{[...draft.name.trim()][0]?.toUpperCase() ?? "?"}</span>
            <span class="mock-who">
              <strong>
                <bdi>{draft.name.trim() || "Name"}</bdi>
              </strong>
              <small class={here ? "on" : ""}>{here ? words?.online : words?.away}</small>
            </span>
          </div>
          <div class="mock-body">
            <strong class="mock-title">{here ? words?.hello : words?.awayHello}</strong>
            <p class="mock-said" dir="auto">
              {said || (!here && words?.awayHint)}
            </p>
            <span class="mock-notice" />
            <span class="mock-label">{words?.message}</span>
            <span class="mock-field" />
            <span class="mock-button">{here ? words?.start : words?.leave}</span>
          </div>
        </div>
        <span class="mock-launcher">
          <Icon name="chats" size={26} />
        </span>
      </div>
    </section>
  );
}
