/** The little of Node that the build's settings use. */

declare module "node:path" {
  export function resolve(...parts: string[]): string;
}

declare module "node:fs" {
  export function rmSync(path: string, options: { recursive: boolean; force: boolean }): void;
}

interface ImportMeta {
  readonly dirname: string;
}
