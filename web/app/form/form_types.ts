import type { ComponentChildren } from "preact";
import type { Context } from "fresh";
import type { z } from "zod";
import type { Failure, Result } from "@/shared/result.ts";
import type { Permission } from "@/web/domain/access/mod.ts";
import type { MessageKey, Translate } from "@/web/messages/mod.ts";
import type { Actor, ServiceContext } from "@/web/services/context.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import type { LiveTopic } from "@/web/store/live/live_topics.ts";
import type { PageMoment } from "@/web/app/frame/page_context.ts";
import type { AppState } from "../state.ts";
import type { FieldRules } from "./field_rules.ts";
import type { FieldValue, FieldValues } from "./opened.ts";

/** Who asks for what: the same for a page that is opened and for its form that is sent. */
export interface Asked<Params, Query> {
  state: AppState;
  t: Translate;
  /** When and for whom the page is made. */
  moment: PageMoment;
  params: Params;
  /** The address, and the fields of the same names when the form comes back. */
  query: Query;
  /** What was typed into one field. */
  typed(name: string): string;
  /** The form was sent: the fields hold what was typed. */
  isSent: boolean;
  /** Of the request; for what a browser brings back by itself. */
  headers: Headers;
  /** The address that was asked for, as this process sees it. */
  url: URL;
}

/** What every control of a field needs; spread it: `<TextField {...form.field("name")} />`. */
export interface FieldAttributes extends Pick<FieldRules, "required" | "maxLength"> {
  name: string;
  label: string;
  value: string;
  error: string | undefined;
}

/** A form as its page shows it. */
export interface FormView<Loaded, Field extends string> {
  state: AppState;
  t: Translate;
  moment: PageMoment;
  loaded: Loaded;
  problems: Readonly<Record<string, string>>;
  /** What was refused and may be overruled; null mostly. */
  doubt: Doubt | null;
  values: FieldValues;
  /** What the edited row holds; null where the form edits none. */
  row: FieldValues | null;
  field(name: Field): FieldAttributes;
  /** The same for a whole number, with its range. */
  number(name: Field): FieldAttributes & Pick<FieldRules, "min" | "max">;
  /** Values of a field that is sent several times. */
  many(name: Field): readonly string[];
}

/** A refusal that whoever sent the form may overrule. */
export interface Doubt {
  message: string;
  /** Field of the button that overrules it. */
  name: string;
  /** What it is about: another value is doubted again. */
  value: string;
}

/** Refusals that may be overruled, with a second button. */
export interface Doubts<Asked, Field extends string, Code extends string> {
  /** Stands over the doubt: `Not posted yet`. */
  title: MessageKey;
  /** The button that overrules it. */
  verb: MessageKey;
  /** The field of that button, and its value. */
  codes: Partial<
    Record<Code, { overrule: Field; about: (asked: Asked, values: Failure["values"]) => string }>
  >;
}

/** First arguments of a use case: `updatePlan(...call, { … })`. */
export type Call = readonly [context: ServiceContext, tenantId: string, actor: Actor];

/** What `submit` gets besides the input. */
export interface Submission<Loaded> {
  call: Call;
  loaded: Loaded;
  /** The row's version as it was loaded; the use case refuses with `row_changed` when it finds another one. */
  seen: string | undefined;
  state: AppState;
  ctx: Context<AppState>;
}

/** A form that changes a row which others may change too. */
export interface Edits<Loaded> {
  /** Id of the row in the audit log: says who changed it meanwhile. */
  subject: (loaded: Loaded) => string;
  /** Text that is another one as soon as the row is; see `versionOf`. */
  version: (loaded: Loaded) => string;
  /** What the row holds, where the fields may begin with something else, such as a choice that is not saved yet. */
  row?: (loaded: Loaded) => FieldValues;
  /** Who saved last, where the row itself says so. @default the last entry of the audit log about `subject` */
  saved?: (loaded: Loaded) => { by: string; at: Temporal.Instant } | null;
  /** What a field holds, in words; null where its text says it. */
  say?: (field: string, loaded: Loaded, t: Translate) => string | null;
  /** Others' changes are put in and shown before anything is saved, under this sentence with its `name`. */
  merged?: MessageKey;
}

/** Where something belongs, for the way back. */
export interface Back {
  href: string;
  label: string;
}

/** What forms, questions and actions have in common. Write `load` first: the types of the rest come from it. */
export interface Submittable<Params, Query, Input extends z.ZodObject, Loaded, Value, Code extends string> {
  /** Schema of the path parameters; a mismatch answers 404. */
  params?: z.ZodType<Params>;
  /** Schema of the page's address. */
  query?: z.ZodType<Query>;
  /** Schema of the fields. */
  input: Input;
  /** Reads what the page shows, in one transaction; `found` answers 404. */
  load: (trx: TenantTransaction, asked: Asked<Params, Query>) => Promise<Loaded>;
  permission: Permission | "signed_in";
  /** What it takes besides: all of these. */
  also?: readonly Permission[];
  /** Name of the audit entry that is written. */
  audit?: string;
  /**
   * Who opens its page or sends it proves again who they are, when that was longer ago than a quarter of an hour; `sent`:
   * only who sends it.
   */
  confirm?: true | "sent";
  /** What it does, for the printed table: `Change a plan`. */
  summary: string;
  submit: (
    input: z.output<Input>,
    submission: Submission<Loaded>,
  ) => Promise<Result<Value, Code> | { problems: Record<string, string> }>;
  /** Field that a refusal is shown at, where it is not the one that the catalogue of codes names. */
  at?: Partial<Record<NoInfer<Code>, keyof z.input<Input> & string>>;
  /** Address to go to afterwards, or the whole answer. */
  done: (
    value: NoInfer<Value>,
    submission: Submission<Loaded> & { input: z.output<Input> },
  ) => string | Response | Promise<string | Response>;
  /** Id of what was changed, for the way back in the message. */
  undo?: (value: NoInfer<Value>, submission: Submission<Loaded>) => string;
}

/** What one button does; it leaves `load` out where nothing is to be read beforehand. */
export type ActionDefinition<P, Q, I extends z.ZodObject, L, V, C extends string> =
  & Omit<Submittable<P, Q, I, L, V, C>, "load">
  & Partial<Pick<Submittable<P, Q, I, L, V, C>, "load">>;

/** A form or a question, on a page of its own. */
export interface FormDefinition<
  Params,
  Query,
  Input extends z.ZodObject,
  Loaded,
  Value,
  Code extends string,
> extends Submittable<Params, Query, Input, Loaded, Value, Code> {
  title: (view: FormView<Loaded, FieldOf<Input>>) => string;
  /** Title of the window, where it is not that of the page. */
  windowTitle?: (view: FormView<Loaded, FieldOf<Input>>) => string;
  lead?: (view: FormView<Loaded, FieldOf<Input>>) => ComponentChildren;
  /** What the button does, with its object: `Save the plan`. */
  verb: (view: FormView<Loaded, FieldOf<Input>>) => string;
  /** Shown in place of the form while it cannot be filled in; null when it can. */
  blocked?: (view: FormView<Loaded, FieldOf<Input>>) => ComponentChildren | null;
  /**
   * The page is asked for with a form, by a list with its ticked rows: sent so, nothing is done yet. Then `leave` is
   * minded also when the form is sent.
   */
  isAskedFor?: (asked: Asked<Params, Query>) => boolean;
  /** Address to go to instead of showing a refusal. */
  leaveOn?: Partial<Record<NoInfer<Code>, (loaded: Loaded) => string>>;
  /** Address to go to instead, where there is nothing to ask. */
  leave?: (loaded: Loaded, asked: Asked<Params, Query>) => string | null;
  /** Names of the fields: beside the control and in the list of what is wrong. */
  labels?: Partial<Record<FieldOf<Input>, MessageKey>>;
  /** What stands in the fields at first. */
  values?: (loaded: Loaded, asked: Asked<Params, Query>) => Partial<Record<FieldOf<Input>, FieldValue>>;
  edits?: Edits<Loaded>;
  /** More people may open the page than may send the form. */
  readers?: { permission: Permission; summary: string };
  /** Files that the form may carry: field to the most bytes. */
  files?: Readonly<Record<string, number>>;
  /** Fields that are sent without being shown. */
  hidden?: (view: FormView<Loaded, FieldOf<Input>>) => Record<string, string>;
  back?: (view: FormView<Loaded, FieldOf<Input>>) => Back;
  /**
   * The form has a second button, `intent=preview`, that shows it again with what it would do: however it stands, or only
   * once its fields are right.
   */
  preview?: "always" | "when_valid";
  doubts?: Doubts<Asked<Params, Query>, FieldOf<Input>, NoInfer<Code>>;
  /** Title over a list of what is wrong. */
  refused?: MessageKey;
  /** What the page looks again for by itself. */
  live?: (view: FormView<Loaded, FieldOf<Input>>) => readonly LiveTopic[];
  /** The page loads itself again after so many seconds, while it waits for something. */
  refreshSeconds?: (view: FormView<Loaded, FieldOf<Input>>) => number | undefined;
  /** Headers of the page, such as a cookie that it takes away. What is sent has its own: `done` may give the whole answer. */
  headers?: (view: FormView<Loaded, FieldOf<Input>>) => Record<string, string>;
}

/** Names of the fields of a schema. */
export type FieldOf<Input extends z.ZodObject> = keyof z.input<Input> & string;
