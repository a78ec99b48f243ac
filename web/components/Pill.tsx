import type { ComponentChildren } from "preact";
import { classes } from "./classes.ts";
import {
  BILL_WORDS,
  type BillState,
  COMMAND_WORDS,
  type CommandState,
  CONNECTION_WORDS,
  type ConnectionState,
  DEVICE_WORDS,
  type DeviceState,
  LINK_WORDS,
  type LinkState,
  type StateWord,
} from "./state_words.ts";
import type { Tone } from "./tone.ts";

interface PillProps {
  tone: Tone;
  children: ComponentChildren;
  /** Makes the pill a link to what it speaks about. */
  href?: string | undefined;
}

/** Dot and word: state is never told by colour alone. Prefer the typed pills below for states. */
export function Pill({ tone, children, href }: PillProps) {
  const name = classes("pill", tone !== "mute" && tone);
  return href === undefined
    ? <span class={name}>{children}</span>
    : <a class={name} href={href}>{children}</a>;
}

interface StateProps<State> {
  state: State;
  /** Words after the state, for example `until Fri` gives `Held until Fri`. */
  suffix?: string | undefined;
}

export function BillPill({ state, suffix }: StateProps<BillState>) {
  return renderState(BILL_WORDS[state], suffix);
}

export function ConnectionPill({ state, suffix }: StateProps<ConnectionState>) {
  return renderState(CONNECTION_WORDS[state], suffix);
}

export function LinkPill({ state, suffix }: StateProps<LinkState>) {
  return renderState(LINK_WORDS[state], suffix);
}

export function CommandPill({ state, suffix }: StateProps<CommandState>) {
  return renderState(COMMAND_WORDS[state], suffix);
}

export function DevicePill({ state, suffix }: StateProps<DeviceState>) {
  return renderState(DEVICE_WORDS[state], suffix);
}

function renderState({ word, tone }: StateWord, suffix: string | undefined) {
  return <Pill tone={tone}>{suffix === undefined ? word : `${word} ${suffix}`}</Pill>;
}
