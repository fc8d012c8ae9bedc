/** What a page shows while it waits, when something failed, when there is nothing. */

import type { ComponentChildren } from "preact";
import type { Asked } from "../asked";
import type { Problem } from "../problem";
import { Button } from "./button";
import { Icon, type IconName } from "./icon";

export function Loading({ what = "Loading" }: { what?: string }) {
  return (
    <p class="loading" role="status">
      {what} …
    </p>
  );
}

/** A refusal or failure, with a way to try again where that may help. */
export function Failure({ problem, again }: { problem: Problem; again?: () => unknown }) {
  return (
    <div class="failure" role="alert">
      <Icon name="alert" />
      <p>{problem.message}</p>
      {again && problem.passing && <Button onClick={() => void again()}>Try again</Button>}
    </div>
  );
}

/** A form's refusal that no field of it shows. */
export function FormProblem({ problem, fields = [] }: { problem: Problem | undefined; fields?: string[] }) {
  return (
    <div role="alert" class="form-problem">
      {problem && !(problem.field && fields.includes(problem.field)) && <p class="wrong">{problem.message}</p>}
    </div>
  );
}

export function Empty({ icon, title, children }: { icon: IconName; title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <Icon name={icon} size={36} />
      <h2>{title}</h2>
      {children}
    </div>
  );
}

/** What was asked for, once it is there; what was there stays while newer is asked for. */
export function Shown<T>({ of, children, what }: { of: Asked<T>; children: (data: T) => ComponentChildren; what?: string }) {
  return (
    <>
      {of.problem && <Failure problem={of.problem} again={of.again} />}
      {of.data !== undefined ? children(of.data) : !of.problem && <Loading {...(what && { what })} />}
    </>
  );
}
