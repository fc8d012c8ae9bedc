/** How the site's chat is set. */

import { useEffect, useRef, useState } from "preact/hooks";
import { get, patch } from "../../api";
import { useAsked } from "../../asked";
import { Button, useActing } from "../../ui/button";
import { Copy } from "../../ui/copy";
import { Card, Page } from "../../ui/page";
import { Empty, FormProblem, Shown } from "../../ui/states";
import { toast } from "../../ui/toast";
import { Unsaved } from "../../ui/unsaved";
import { type Settings, type Site, changes, inWords } from "./draft";
import { OpeningHours } from "./hours";
import { Controller, Keeping, Phones } from "./keeping";
import { Languages, offered } from "./languages";
import { Look } from "./look";
import { Origins } from "./origins";
import { Preview } from "./preview";

export function SettingsPage() {
  const asked = useAsked(() => get<{ sites: Site[] }>("/v1/account/sites"), []);
  return (
    <Page title="Settings" lead="How the chat on your pages looks, what it says, when it is open, and for how long it remembers.">
      <Shown of={asked}>
        {({ sites: [site] }) =>
          site ? (
            <SiteForm key={site.site_id} site={site} saved={(changed) => asked.take({ sites: [changed] })} />
          ) : (
            <Empty icon="site" title="There is no site yet">
              <p>Whoever runs the chat for you makes it.</p>
            </Empty>
          )
        }
      </Shown>
    </Page>
  );
}

function SiteForm({ site, saved }: { site: Site; saved: (site: Site) => void }) {
  const [draft, redraft] = useState<Settings>(site);
  const [shown, show] = useState(offered(site.languages).includes(site.language) ? site.language : (offered(site.languages)[0] ?? "en"));
  const acting = useActing();
  const form = useRef<HTMLFormElement>(null);
  const changed = changes(site, draft);
  const unsaved = Object.keys(changed).length > 0;
  const part = { draft, problem: acting.problem, set: (some: Partial<Settings>) => redraft((all) => ({ ...all, ...some })) };
  useEffect(() => {
    if (!acting.problem) return;
    const wrong = form.current?.querySelector<HTMLElement>("[aria-invalid=true], .settings .wrong");
    wrong?.scrollIntoView({ block: "center" });
    wrong?.focus({ preventScroll: true });
  }, [acting.problem]);

  async function save(): Promise<void> {
    const next = await patch<Site>(`/v1/account/sites/${encodeURIComponent(site.site_id)}`, changed);
    saved(next);
    // What was written meanwhile stays; all else is as the server has it.
    redraft((now) => ({ ...next, ...changes(draft, now) }));
    toast("Saved.");
  }

  return (
    <form
      class="site-settings"
      ref={form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (unsaved) void acting.run(save);
      }}
    >
      <div class="settings">
        <Card title="On your pages" acts={<Copy text={site.snippet}>Copy the line</Copy>}>
          <p class="hint">Put this line before the end of every page that shall have the chat.</p>
          <pre class="snippet-line" tabIndex={0} role="group" aria-label="The line for your pages">
            <code>{site.snippet}</code>
          </pre>
        </Card>
        <Look {...part} />
        <Preview draft={draft} language={shown} />
        <Origins {...part} />
        <Languages {...part} shown={shown} show={show} />
        <OpeningHours {...part} />
        <Controller {...part} />
        <Keeping {...part} key={`period ${site.period}`} />
        <Phones {...part} />
      </div>
      {(unsaved || acting.problem) && (
        <div class="save-bar">
          <div>
            {unsaved && <p class={acting.problem ? "unseen" : ""}>Not saved yet: {inWords(changed)}.</p>}
            <FormProblem problem={acting.problem} />
          </div>
          <Button
            onClick={() => {
              redraft(site);
              acting.forget();
            }}
          >
            Discard
          </Button>
          <Button kind="primary" type="submit" busy={acting.busy}>
            Save changes
          </Button>
        </div>
      )}
      <Unsaved unsaved={unsaved} />
    </form>
  );
}
