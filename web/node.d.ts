/** The little of Node that the build's settings use. */

declare module "node:path" {
  export function basename(path: string): string;
  export function resolve(...parts: string[]): string;
}

declare module "node:fs" {
  export function existsSync(path: string): boolean;
  export function rmSync(path: string, options: { recursive: boolean; force: boolean }): void;
}

interface ImportMeta {
  readonly dirname: string;
}
