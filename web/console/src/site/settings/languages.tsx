/** The languages that visitors are offered, and the words of the site's own in each. */

import { AreaField, CheckField, SelectField } from "../../ui/field";
import { Card } from "../../ui/page";
import { LANGUAGES, type Part, TEXT_LENGTH, type Texts, wrongWith } from "./draft";

interface LanguagesProps extends Part {
  /** The language whose texts are being written. */
  shown: string;
  show: (language: string) => void;
}

const ALL = Object.keys(LANGUAGES);
export const offered = (languages: string[] | null): string[] => languages ?? ALL;

const FIELDS: [keyof Texts, string, string][] = [
  ["welcome", "Welcome", "Stands above the form while somebody is there."],
  ["away", "While away", "Stands there instead while nobody is, and outside of the opening hours."],
];

export function Languages({ draft, set, problem, shown, show }: LanguagesProps) {
  const some = offered(draft.languages);
  const offer = (language: string, yes: boolean) => {
    const next = ALL.filter((one) => (one === language ? yes : some.includes(one)));
    set({ languages: next.length === ALL.length ? null : next });
    if (!next.includes(shown) && next[0]) show(next[0]);
  };
  const write = (field: keyof Texts, text: string) => set({ texts: { ...draft.texts, [shown]: { ...draft.texts[shown], [field]: text } } });
  return (
    <Card title="Languages and texts">
      <fieldset class="choices">
        <legend>Languages offered</legend>
        <div class="checks">
          {ALL.map((language) => (
            <CheckField
              key={language}
              name={`offer-${language}`}
              label={<span lang={language}>{LANGUAGES[language]}</span>}
              checked={some.includes(language)}
              onChange={(event) => offer(language, event.currentTarget.checked)}
            />
          ))}
        </div>
        <p class="hint">The chat speaks the language of the page it stands on, where it is among these.</p>
        {wrongWith(problem, "languages") && <p class="wrong">{problem?.message}</p>}
      </fieldset>
      <SelectField
        label="Default language"
        name="language"
        hint="Spoken on pages in any other language."
        options={ALL.filter((one) => some.includes(one) || one === draft.language).map((one) => [one, LANGUAGES[one] ?? one])}
        value={draft.language}
        problem={problem}
        onChange={(event) => set({ language: event.currentTarget.value })}
      />
      <fieldset class="choices">
        <legend>Texts of your own</legend>
        <div class="tabs">
          {some.map((language) => (
            <button key={language} type="button" lang={language} aria-pressed={language === shown} onClick={() => show(language)}>
              {LANGUAGES[language] ?? language}
            </button>
          ))}
        </div>
        {FIELDS.map(([field, label, hint]) => {
          const text = draft.texts[shown]?.[field] ?? "";
          return (
            <AreaField
              key={`${shown} ${field}`}
              label={label}
              name={`texts.${shown}.${field}`}
              hint={`${hint} ${[...text].length} of ${TEXT_LENGTH} characters. Left blank, the chat has words of its own.`}
              value={text}
              rows={2}
              dir="auto"
              problem={problem}
              onInput={(event) => write(field, event.currentTarget.value)}
            />
          );
        })}
        {wrongWith(problem, "texts") && <p class="wrong">{problem?.message}</p>}
      </fieldset>
    </Card>
  );
}
