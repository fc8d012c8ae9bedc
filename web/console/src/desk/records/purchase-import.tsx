/** Many purchases from a file, with a report line by line. */

import { useState } from "preact/hooks";
import { call, query } from "../../api";
import { Problem } from "../../problem";
import { Button, useActing } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { FormProblem } from "../../ui/states";
import { plural } from "../words";

interface Report {
  imported: number;
  already_there: number;
  refused: { line: number; column: string | null; detail: string }[];
}

export function ImportDialog({ close, done }: { close: () => void; done: () => Promise<void> }) {
  const acting = useActing();
  const [report, set] = useState<Report | null>(null);
  const [file, choose] = useState<File | null>(null);
  const [dates, setDates] = useState("iso");
  const [decimals, setDecimals] = useState("point");
  const [windows, setWindows] = useState(false);
  const send = () =>
    acting.run(async () => {
      if (!file) throw new Problem(400, { detail: "Please choose a file." });
      const content = read(await file.arrayBuffer(), windows);
      set(await call<Report>("POST", query("/v1/desk/purchases/import", { dates, decimals }), undefined, { raw: { content, type: "text/csv" } }));
      await done();
    });
  return (
    <Dialog title="Import purchases" wide close={close}>
      <div class="dialog-body">
        <p>
          A CSV file with commas, semicolons or tabs, whose first line names the columns: <code>name, what, amount, currency, bought_on, processor, processor_reference</code>, and if you have them <code>address, email, phone</code>. A line that is refused spoils no other; the same file again records nothing twice, and a line that says something else of a payment that is recorded is refused.
        </p>
        <div class="field">
          <label for="purchases-file">File</label>
          <input
            id="purchases-file"
            type="file"
            accept=".csv,.txt,text/csv,text/plain"
            onChange={(event) => {
              choose(event.currentTarget.files?.[0] ?? null);
              set(null);
            }}
          />
        </div>
        <div class="field">
          <label for="purchases-dates">Dates are written</label>
          <select id="purchases-dates" value={dates} onChange={(event) => setDates(event.currentTarget.value)}>
            <option value="iso">2026-01-31</option>
            <option value="day_first">31/01/2026 (day first)</option>
            <option value="month_first">01/31/2026 (month first)</option>
          </select>
        </div>
        <div class="field">
          <label for="purchases-decimals">Amounts are written</label>
          <select id="purchases-decimals" value={decimals} onChange={(event) => setDecimals(event.currentTarget.value)}>
            <option value="point">49.00</option>
            <option value="comma">49,00</option>
          </select>
        </div>
        <div class="field">
          <label for="purchases-text">Saved as</label>
          <select id="purchases-text" value={windows ? "windows" : "unicode"} onChange={(event) => setWindows(event.currentTarget.value === "windows")}>
            <option value="unicode">CSV UTF-8, or Unicode text</option>
            <option value="windows">CSV of Windows (Western European)</option>
          </select>
        </div>
        <div role="status">{report && <Outcome of={report} />}</div>
        {report && report.refused.length > 0 && <Refused of={report} />}
      </div>
      <FormProblem problem={acting.problem} />
      <footer>
        <Button onClick={close}>{report ? "Done" : "Cancel"}</Button>
        {!report && (
          <Button kind="primary" busy={acting.busy} onClick={send}>
            Import
          </Button>
        )}
      </footer>
    </Dialog>
  );
}

/** The text of a file: UTF-8 or UTF-16, with or without a mark; what is neither is Windows text where somebody says so. */
function read(bytes: ArrayBuffer, windows: boolean): string {
  const [first, second] = new Uint8Array(bytes);
  const encoding = (first === 0xff && second === 0xfe) || (first && second === 0) ? "utf-16le" : (first === 0xfe && second === 0xff) || first === 0 ? "utf-16be" : "utf-8";
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    if (windows) return new TextDecoder("windows-1252").decode(bytes);
    throw new Problem(400, { detail: "The file is not UTF-8 text. Save it as “CSV UTF-8”, or choose that it is a file of Windows." });
  }
}

function Outcome({ of: { imported, already_there, refused } }: { of: Report }) {
  return (
    <p>
      <strong>{plural(imported, "purchase was", "purchases were")} imported.</strong>
      {already_there > 0 && ` ${plural(already_there, "was", "were")} there already.`}
      {refused.length > 0 ? ` ${plural(refused.length, "line was", "lines were")} refused: correct them and import the file again.` : ""}
    </p>
  );
}

function Refused({ of }: { of: Report }) {
  return (
    <div class="table" tabIndex={0} role="region" aria-label="Refused lines">
      <table>
        <thead>
          <tr>
            <th scope="col" class="number">
              Line
            </th>
            <th scope="col">Column</th>
            <th scope="col">Why</th>
          </tr>
        </thead>
        <tbody>
          {of.refused.map((one) => (
            <tr key={one.line}>
              <td class="number">{one.line}</td>
              <td>{one.column ?? "–"}</td>
              <td>{one.detail}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
