import type { ComponentChildren } from "preact";
import { classes } from "@/web/components/classes.ts";
import { useT } from "@/web/components/i18n.ts";
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
} from "@/web/components/words/state_words.ts";
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
  return withSuffix(BILL_WORDS[state].tone, useT()(`words.bill_${state}`), suffix);
}

export function ConnectionPill({ state, suffix }: StateProps<ConnectionState>) {
  return withSuffix(CONNECTION_WORDS[state].tone, useT()(`words.service_${state}`), suffix);
}

export function LinkPill({ state, suffix }: StateProps<LinkState>) {
  return withSuffix(LINK_WORDS[state].tone, useT()(`words.link_${state}`), suffix);
}

export function CommandPill({ state, suffix }: StateProps<CommandState>) {
  return withSuffix(COMMAND_WORDS[state].tone, useT()(`words.command_${state}`), suffix);
}

export function DevicePill({ state, suffix }: StateProps<DeviceState>) {
  return withSuffix(DEVICE_WORDS[state].tone, useT()(`words.device_${state}`), suffix);
}

function withSuffix(tone: Tone, word: string, suffix: string | undefined) {
  return <Pill tone={tone}>{suffix === undefined ? word : `${word} ${suffix}`}</Pill>;
}
