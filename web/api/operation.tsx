/** One call: closed, its address and what it does; open, all there is to know of it. */

import { useState } from "preact/hooks";
import { Coded } from "./coded";
import { type Answer, type Call, curlOf, type Description, type Line, linesOf, type Schema, typeOf, wordsOf } from "./description";

export function Operation({ call, of }: { call: Call; of: Description }) {
  const [open, set] = useState(false);
  return (
    <details class="call card" onToggle={(event) => set(event.currentTarget.open)}>
      <summary>
        <span class={`tag method ${call.method.toLowerCase()}`}>{call.method}</span> <code>{call.path}</code>
        <span class="does">
          <Coded>{call.operation.summary}</Coded>
        </span>
      </summary>
      {open && <Whole call={call} of={of} />}
    </details>
  );
}

function Whole({ call, of }: { call: Call; of: Description }) {
  const { operation } = call;
  const named = of.components.schemas;
  const parameters = operation.parameters.map(({ name, in: where, required, description, schema }) => ({
    name: `${name} (${where})`,
    type: typeOf(schema, named),
    words: [description, wordsOf(schema)].filter(Boolean).join(" "),
    required,
  }));
  const [media, body] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
  const answers = Object.entries(operation.responses);
  return (
    <div class="whole">
      {operation.description && (
        <p>
          <Coded>{operation.description}</Coded>
        </p>
      )}
      <p>
        <b>Who may:</b> {whoMay(operation.security)}
      </p>
      {parameters.length > 0 && <Lines title="Parameters" lines={parameters} />}
      {body && <Fields title={`Body: ${media}`} schema={body.schema} named={named} />}
      <h3>As a command</h3>
      <pre tabIndex={0}>{curlOf(call)}</pre>
      {answers
        .filter(([status]) => status < "300")
        .map(([status, answer]) => (
          <Done key={status} status={status} answer={answer} named={named} />
        ))}
      <h3>Problems</h3>
      <dl class="facts">
        {answers
          .filter(([status]) => status >= "300")
          .flatMap(([status, answer]) => kindsOf(answer).map((kind) => ({ status, kind })))
          .flatMap(({ status, kind }) => [
            <dt key={`${status}-${kind}`}>
              {status} <code>{kind}</code>
            </dt>,
            <dd key={`${status}-${kind}-words`}>{of["x-problems"][status]?.[kind]}</dd>,
          ])}
      </dl>
    </div>
  );
}

function whoMay(security: Record<string, string[]>[]): string {
  const [one] = security.flatMap((some) => Object.entries(some));
  if (!one) return "anybody";
  const [scheme, [group]] = one;
  return group ? `staff of the group “${group}”` : scheme === "visitor" ? "the chat's visitor, with its token" : "our own pages, with their cookie";
}

function kindsOf(answer: Answer): string[] {
  return Object.values(answer.content ?? {}).flatMap(({ schema }) =>
    (schema.properties?.type?.enum ?? []).map((type) => String(type).replace("/problems/", "")),
  );
}

function Done({ status, answer, named }: { status: string; answer: Answer; named: Record<string, Schema> }) {
  const contents = Object.entries(answer.content ?? {});
  if (!contents.length) return <h3>Answer {status}: nothing</h3>;
  return (
    <>
      {contents.map(([media, { schema }]) => (
        <Fields key={media} title={`Answer ${status}: ${media}`} schema={schema} named={named} />
      ))}
    </>
  );
}

/** The fields of a schema; of each of its alternatives where there are several. */
function Fields({ title, schema, named }: { title: string; schema: Schema; named: Record<string, Schema> }) {
  return (
    <>
      {(schema.oneOf ?? [schema]).map((one, place) => (
        <Lines key={place} title={place ? `${title}, or` : title} lines={linesOf(one, named)} />
      ))}
    </>
  );
}

function Lines({ title, lines }: { title: string; lines: Line[] }) {
  return (
    <>
      <h3>{title}</h3>
      {lines.length > 0 && (
        <div class="table" tabIndex={0} role="region" aria-label={title}>
          <table>
            <thead>
              <tr>
                <th scope="col">Field</th>
                <th scope="col">Type</th>
                <th scope="col">What</th>
              </tr>
            </thead>
            <tbody>
              {lines.map((line) => (
                <tr key={line.name}>
                  <th scope="row">
                    <code>{line.name}</code>
                    {!line.required && <span class="optional"> optional</span>}
                  </th>
                  <td>{line.type}</td>
                  <td>
                    <Coded>{line.words}</Coded>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}
