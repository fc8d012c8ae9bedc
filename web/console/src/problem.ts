/** What a call may fail with (RFC 9457), or status 0 where no answer came. */

interface Said {
  type?: string;
  title?: string;
  detail?: string;
  field?: string;
}

export class Problem extends Error {
  readonly kind: string;
  readonly field: string | undefined;

  /** @param retryAfter seconds that the server asked us to wait, 0 where it did not */
  constructor(
    readonly status: number,
    said: Said = {},
    readonly retryAfter = 0,
  ) {
    super(sentence(status, said));
    this.kind = said.type?.replace("/problems/", "") ?? (status ? "unknown" : "unreachable");
    this.field = said.field;
  }

  /** Whether the same call may succeed later without anything being changed. */
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

function sentence(status: number, said: Said): string {
  if (status === 0) return "The server does not answer. Check the connection; nothing you wrote is lost.";
  return said.detail ?? said.title ?? "Something went wrong. Please try again.";
}

/** Any failure as a Problem; what is no Problem is a mistake of ours and is thrown on. */
export function asProblem(failure: unknown): Problem {
  if (failure instanceof Problem) return failure;
  throw failure;
}
