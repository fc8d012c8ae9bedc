/** OpenAPI 3.1, as far as our own description goes, and how its schemas read as lines of a table. */

export interface Schema {
  $ref?: string;
  type?: string;
  format?: string;
  description?: string;
  enum?: unknown[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
  required?: string[];
  default?: unknown;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  minItems?: number;
}

export interface Parameter {
  name: string;
  in: "path" | "query" | "header";
  required: boolean;
  description?: string;
  schema: Schema;
}

type Content = Record<string, { schema: Schema; example?: unknown }>;

export interface Answer {
  description: string;
  content?: Content;
}

export interface Operation {
  operationId: string;
  summary: string;
  description?: string;
  tags: string[];
  parameters: Parameter[];
  requestBody?: { required: boolean; content: Content };
  responses: Record<string, Answer>;
  security: Record<string, string[]>[];
}

export interface Description {
  info: { description: string };
  tags: { name: string; description: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: {
    schemas: Record<string, Schema>;
    securitySchemes: Record<string, { description: string }>;
  };
  "x-problems": Record<string, Record<string, string>>;
}

/** A call: where, how, and what there is to say of it. */
export interface Call {
  path: string;
  method: string;
  operation: Operation;
}

/** Of an object's fields one, with where it stands in the whole: `visitor.email`, `messages[].text`. */
export interface Line {
  name: string;
  type: string;
  words: string;
  required: boolean;
}

const DEEPEST = 5;

export function callsOf({ paths }: Description): Call[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
}

function resolved(schema: Schema, named: Record<string, Schema>): Schema {
  return schema.$ref ? { ...named[schema.$ref.split("/").at(-1) ?? ""] } : schema;
}

/** A schema's alternatives but for null, and whether null is one. */
function choices(schema: Schema): { some: Schema[]; nullable: boolean } {
  const all = schema.anyOf ?? schema.oneOf ?? [schema];
  return { some: all.filter((one) => one.type !== "null"), nullable: all.some((one) => one.type === "null") };
}

/** The lines of a schema's fields, and of theirs. */
export function linesOf(schema: Schema, named: Record<string, Schema>, before = "", depth = 0): Line[] {
  const whole = resolved(schema, named);
  return Object.entries(whole.properties ?? {}).flatMap(([name, field]) => {
    const { some, nullable } = choices(field);
    const path = `${before}${name}`;
    const line = {
      name: path,
      type: [...some.map((one) => typeOf(one, named)), ...(nullable ? ["null"] : [])].join(" or "),
      words: wordsOf(some.length === 1 && some[0] ? { ...field, ...some[0] } : field),
      required: whole.required?.includes(name) ?? false,
    };
    return depth < DEEPEST ? [line, ...some.flatMap((one) => below(one, named, path, depth + 1))] : [line];
  });
}

function below(schema: Schema, named: Record<string, Schema>, path: string, depth: number): Line[] {
  const whole = resolved(schema, named);
  if (whole.items) return below(whole.items, named, `${path}[]`, depth);
  if (typeof whole.additionalProperties === "object") return below(whole.additionalProperties, named, `${path}.*`, depth);
  return linesOf(whole, named, `${path}.`, depth);
}

export function typeOf(schema: Schema, named: Record<string, Schema>): string {
  const whole = resolved(schema, named);
  if (whole.enum) return whole.enum.map((one) => JSON.stringify(one)).join(" or ");
  if (whole.items) return `list of ${typeOf(whole.items, named)}`;
  if (typeof whole.additionalProperties === "object") return `object of ${typeOf(whole.additionalProperties, named)}`;
  if (whole.format === "date-time") return "time";
  if (whole.format === "date") return "day";
  return { string: "text", integer: "whole number", boolean: "true or false" }[whole.type ?? ""] ?? whole.type ?? "object";
}

export function wordsOf(schema: Schema): string {
  const { minimum, maximum, minLength, maxLength, pattern, description } = schema;
  const told = [
    description,
    minimum !== undefined && maximum !== undefined && `From ${minimum} to ${maximum}.`,
    maxLength !== undefined && `${minLength ? `${minLength} to` : "At most"} ${maxLength} characters.`,
    pattern && `As \`${pattern}\`.`,
    schema.default !== undefined && schema.default !== null && `${JSON.stringify(schema.default)} where absent.`,
  ];
  return told.filter(Boolean).join(" ");
}

/** The call for a command line; what one has of one's own stands in capital letters. */
export function curlOf({ path, method, operation }: Call): string {
  const [scheme] = operation.security.flatMap((one) => Object.keys(one));
  const [media, body] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
  const said = body?.example === undefined ? "@FILE" : JSON.stringify(body.example, null, 1).replace(/\n\s*/g, " ");
  const parts = [
    `curl ${method === "GET" ? "" : `-X ${method} `}"${location.origin}${path.replace(/{(\w+)}/g, (_, name: string) => `$${name.toUpperCase()}`)}"`,
    ...(scheme === "cookie" ? ["-b COOKIES"] : scheme ? ['-H "Authorization: Bearer $TOKEN"'] : []),
    ...(media ? [`-H "Content-Type: ${media}"`, `-d '${said.replaceAll("'", "'\\''")}'`] : []),
  ];
  return parts.join(" \\\n  ");
}
