/** How the chat looks with the settings as they stand in the form. Drawn here: it is nothing that one can use. */

import { useState } from "preact/hooks";
import { Icon } from "../../ui/icon";
import { inkOn, isColour } from "./colour";
import { COLOUR, LANGUAGES, type Settings } from "./draft";

const STATES = [
  ["welcome", "Present"],
  ["away", "Away"],
] as const;

export function Preview({ draft, language }: { draft: Settings; language: string }) {
  const [state, show] = useState<"welcome" | "away">("welcome");
  const colour = isColour(draft.colour) ? draft.colour : COLOUR;
  const said = draft.texts[language]?.[state]?.trim();
  return (
    <section class="preview" aria-label="Preview">
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
        <div class="mock" dir={language === "ar" ? "rtl" : "ltr"}>
          <div class="mock-head">
            <span class="mock-mark">{[...draft.name.trim()][0]?.toUpperCase() ?? "?"}</span>
            <span class="mock-who">
              <strong>
                <bdi>{draft.name.trim() || "Name"}</bdi>
              </strong>
              <small class={state === "welcome" ? "on" : ""}>{state === "welcome" ? "Online" : "Away"}</small>
            </span>
          </div>
          <div class="mock-body">
            <p class="mock-said" dir="auto" lang={language}>
              {said || <i>The widget’s own words in {LANGUAGES[language] ?? language}</i>}
            </p>
            <span class="mock-field" />
            <span class="mock-field tall" />
            <span class="mock-button">
              <Icon name="send" />
            </span>
          </div>
        </div>
        <span class="mock-launcher">
          <Icon name="chats" size={26} />
        </span>
      </div>
    </section>
  );
}
