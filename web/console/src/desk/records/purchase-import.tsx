/** Many purchases from a file, with a report line by line. */

import { useState } from "preact/hooks";
import { call } from "../../api";
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
  const send = () =>
    acting.run(async () => {
      if (!file) throw new Problem(400, { detail: "Please choose a file." });
      set(await call<Report>("POST", "/v1/desk/purchases/import", undefined, { raw: { content: await file.text(), type: "text/csv" } }));
      await done();
    });
  return (
    <Dialog title="Import purchases" wide close={close}>
      <div class="dialog-body">
        <p>
          A CSV file with commas whose first line names the columns: <code>name, what, amount, currency, bought_on, processor, processor_reference</code>, and if you have them <code>address, email, phone</code>. A line that is refused spoils no other, and the same file again records nothing twice.
        </p>
        <div class="field">
          <label for="purchases-file">File</label>
          <input
            id="purchases-file"
            type="file"
            accept=".csv,text/csv"
            onChange={(event) => {
              choose(event.currentTarget.files?.[0] ?? null);
              set(null);
            }}
          />
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
