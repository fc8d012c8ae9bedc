/** The lines of the log. A line keeps its node, so that nothing is read out twice and no selection is lost. */

import { button, h, written } from "./nodes";
import type { Row } from "./rows";
import { W, clock } from "./words";

const GROUP_MS = 300_000; // after so long a pause, name and time are shown again

/** What a node was drawn for: `shown`, `text`; and whether it moves in. */
interface Line {
  node: HTMLElement;
  moves: boolean;
  shown: string;
  text: string;
}

/**
 * @param site named where an operator has no name
 * @returns what shows the rows; `seen` is how far the staff have read
 */
export function lines(log: HTMLElement, site: string, takeBack: (row: Row) => void) {
  const known = new WeakMap<Row, Line>();

  function draw({ node, moves }: Line, row: Row, first: boolean, seen: boolean) {
    const mine = row.by === "visitor";
    const who = mine ? W.you : row.name || site;
    node.className = ["row", row.state, mine && "mine", first && "first", moves && "new"].filter(Boolean).join(" ");
    const [meta, , state, face] = node.children as unknown as HTMLElement[];
    meta!.className = first ? "meta" : "meta hear";
    meta!.replaceChildren(h(mine ? "span.hear" : "span", {}, h("bdi", {}, who), " · "), row.at ? clock(row.at) : "");
    if (row.state === "refused") {
      state!.replaceChildren(`${W.refused} ${row.problem!.sentence}`, button("", W.edit, () => takeBack(row)));
    } else {
      state!.textContent = row.state === "slow" || row.state === "late" ? W[row.state] : seen ? W.seen : "";
    }
    face?.remove();
    if (first && !mine) node.append(h("span.face", { "aria-hidden": "true" }, [...who][0]));
  }

  return (rows: Row[], seen: number) => {
    const moves = log.childElementCount > 0; // what was there when the window opened does not move in
    const lastSeen = rows.findLast((row) => row.by === "visitor" && row.cursor! <= seen);
    rows.forEach((row, index) => {
      const first = begins(rows[index - 1], row);
      const line = known.get(row)
        ?? { node: h("div", {}, h("p"), written(row.text), h("p.state")), moves, shown: "", text: row.text };
      known.set(row, line);
      if (line.text !== row.text) line.node.children[1]!.replaceWith(written(row.text)); // card numbers are masked (N22)
      line.text = row.text;
      const shown = [row.state, first, row.at, row === lastSeen].join();
      if (line.shown !== shown) draw(line, row, first, row === lastSeen);
      line.shown = shown;
      if (log.children[index] !== line.node) log.insertBefore(line.node, log.children[index] ?? null);
    });
    while (log.childElementCount > rows.length) log.lastElementChild!.remove();
  };
}

/** Whether a line begins a group: another person, or a pause. */
function begins(before: Row | undefined, row: Row) {
  if (!before || before.by !== row.by || before.name !== row.name) return true;
  return !!row.at && !!before.at && Date.parse(row.at) - Date.parse(before.at) > GROUP_MS;
}
