/** The frame of a page: its heading, what one can do there, its content. */

import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { Icon } from "./icon";

interface PageProps {
  title: string;
  /** A sentence below the title. */
  lead?: ComponentChildren;
  /** Where the way up leads, and what it is called. */
  up?: { to: string; words: string };
  acts?: ComponentChildren;
  children: ComponentChildren;
}

export function Page({ title, lead, up, acts, children }: PageProps) {
  useTitle(title);
  return (
    <main class="page" id="main" tabIndex={-1}>
      {up && (
        <a class="up" href={up.to}>
          <Icon name="back" size={16} />
          {up.words}
        </a>
      )}
      <header class="page-head">
        <div>
          <h1>{title}</h1>
          {lead && <p class="lead">{lead}</p>}
        </div>
        {acts && <div class="acts">{acts}</div>}
      </header>
      {children}
    </main>
  );
}

/** The page's name in the tab. Never anything personal: it goes into the browser's history. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Chat console`;
  }, [title]);
}

/** A part of a page with a heading of its own. */
export function Card({ title, acts, children }: { title?: string; acts?: ComponentChildren; children: ComponentChildren }) {
  return (
    <section class="card">
      {title && (
        <header>
          <h2>{title}</h2>
          {acts}
        </header>
      )}
      {children}
    </section>
  );
}
