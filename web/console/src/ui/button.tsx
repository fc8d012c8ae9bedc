/** Things one presses. */

import type { ButtonHTMLAttributes, ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { type Problem, asProblem } from "../problem";
import { Icon, type IconName } from "./icon";

type Kind = "plain" | "primary" | "danger" | "quiet";

interface ButtonProps {
  kind?: Kind;
  icon?: IconName;
  busy?: boolean;
  children: ComponentChildren;
}

type Native = Omit<ButtonHTMLAttributes<HTMLButtonElement>, "icon" | "children">;

/** A button. While `busy` it stays in its place and does nothing. */
export function Button({ kind = "plain", icon, busy = false, children, onClick, type = "button", class: more = "", ...rest }: ButtonProps & Native) {
  return (
    <button
      {...rest}
      type={type}
      class={`button ${kind} ${String(more)}`}
      aria-disabled={busy || undefined}
      aria-busy={busy || undefined}
      onClick={(event) => (busy ? event.preventDefault() : onClick?.(event))}
    >
      {icon && <Icon name={icon} />}
      <span>{children}</span>
    </button>
  );
}

/** A button that shows an icon only; `label` is its name. */
export function IconButton({ icon, label, ...rest }: { icon: IconName; label: string } & Native) {
  return (
    <button type="button" title={label} {...rest} class={`icon-button ${String(rest.class ?? "")}`} aria-label={label}>
      <Icon name={icon} />
    </button>
  );
}

export interface Acting {
  busy: boolean;
  problem: Problem | undefined;
  /** Does `act` unless it is being done; a Problem is kept for showing. Answers whether it was done. */
  run: (act: () => Promise<unknown>) => Promise<boolean>;
  forget: () => void;
}

/** An act with its "being done" and its refusal. */
export function useActing(): Acting {
  const [state, set] = useState<{ busy: boolean; problem?: Problem }>({ busy: false });
  async function run(act: () => Promise<unknown>): Promise<boolean> {
    if (state.busy) return false;
    set({ busy: true });
    try {
      await act();
      set({ busy: false });
      return true;
    } catch (failure) {
      set({ busy: false });
      set({ busy: false, problem: asProblem(failure) });
      return false;
    }
  }
  return { busy: state.busy, problem: state.problem, run, forget: () => set({ busy: false }) };
}
