import { createDefine, type Define } from "fresh";
import { defineAction } from "./form/define_action.ts";
import { defineForm } from "./form/define_form.tsx";
import { definePart } from "./form/define_part.ts";
import { definePublicForm } from "./form/define_public_form.tsx";
import { defineQuestion } from "./form/define_question.tsx";
import { defineList } from "./list/define_list.tsx";
import { listFile } from "./list/list_file.ts";
import type { Logger } from "@/shared/log.ts";
import type {
  DemoControl,
  DemoMail,
  DemoMailList,
  DemoStatus,
  MailFault,
} from "@/web/gateways/demo_control/mod.ts";
import type { KnownBrowsers } from "@/web/gateways/known_browsers/mod.ts";
import type { SecurityLog } from "@/web/services/access/security_log.ts";
import type { RecordOpenings } from "@/web/services/privacy/record_openings.ts";
import type { LiveHub } from "@/web/services/live/live_hub.ts";
import type { ServiceContext } from "@/web/services/context.ts";
import type { Locale, Translate } from "@/web/messages/mod.ts";
import type { LiveTopic } from "@/web/store/live/live_topics.ts";
import type { Session } from "./guard/session.ts";
import type { RouteEntry } from "./route_table.ts";
import type { CarriedForms } from "./form/carried_form.ts";
import type { Shell } from "./frame/shell.ts";
import type { UndoOffer } from "./frame/undo_link.ts";

export type { DemoMail, DemoMailList, DemoStatus, MailFault, Session };

/** Form or query values as they arrived; a repeated key gives an array. */
export type RawInput = Record<string, string | string[]>;

/** What the pipeline puts on `ctx.state` before a route runs. */
export interface AppState {
  requestId: string;
  /** Nonce of this response's Content-Security-Policy. */
  nonce: string;
  log: Logger;
  /** What use cases and queries need. */
  services: ServiceContext;
  /** Where sign-ins and refusals are written down. */
  security: SecurityLog;
  /** Where it is written down who opened whose record. */
  openings: RecordOpenings;
  /** Knows browsers in which somebody has signed in before. */
  browsers: KnownBrowsers;
  /** The demo's supervisor; null outside the demo. */
  demo: DemoControl | null;
  /** Address that agents are told to connect to. */
  agentUrl: string;
  /** Language of the page: the person's choice, else what the browser asks for. */
  locale: Locale;
  /** The texts of that language. */
  t: Translate;
  /** Topics whose news reload this page's live regions, set by its handler; see `web/store/live/live_topics.ts`. */
  live?: readonly LiveTopic[];
  /** Where the news stood before this page was read; its stream begins there. */
  livePosition?: string;
  /** Fans news out to open pages; null where nobody listens. */
  liveHub: LiveHub | null;
  /** The page loads itself again after so many seconds: it waits for something and needs no script for it. */
  refreshSeconds?: number;
  /** An island does so where scripts run. */
  reloadsItself?: boolean;
  /** Address of whoever asks; the proxy's word is taken only when it is trusted. */
  clientIp: string;
  /** Whether the browser came over https, also where a proxy ends TLS. */
  isHttps: boolean;
  /** Title of the page, set by its handler. */
  title?: string;
  /** Frame of the admin pages; set by the middleware of `routes/admin`, null elsewhere. */
  shell: Shell | null;
  /** What this page offers to take back; set by the middleware of `routes/admin` from the address. */
  undo?: UndoOffer | null;
  /** Name of the person or thing that the page's message is about. */
  about?: string | null;
  /** What was typed before the session ended, to fill this page's form in again. */
  draft?: Readonly<Record<string, string | readonly string[]>> | null;
  /** Null on public pages of visitors who are not signed in. */
  session: Session | null;
  /** Carries what was typed over the sign-in page. */
  forms: CarriedForms;
  /** Value of the hidden `_csrf` field of every form; empty without a session. */
  csrfToken: string;
  /** Every route of the app: who may go where. */
  table: readonly RouteEntry[];
  /** The route table's entry of this request. */
  entry: RouteEntry | null;
  /** The parsed input; read it with {@linkcode readInput}. */
  input: unknown;
  /** The parsed path parameters; read them with {@linkcode readParams}. */
  params: unknown;
  /** Field name to message when the input is not valid (`""` for the whole form), else null. */
  inputProblems: Record<string, string> | null;
  /** What was typed, to show it again. */
  inputValues: RawInput;
  /** Files that were chosen, of the fields that the route table lists; an empty choice is left out. */
  inputFiles: Readonly<Record<string, Uint8Array<ArrayBuffer>>>;
}

/** Types of route files: `define.handlers`, `define.page<typeof handler>`, `define.layout`, `define.middleware`. */
const fresh: Define<AppState> = createDefine<AppState>();

/** The same, with what the pages of Linya are mostly made of: see docs/how_to_add_a_page.md. */
export const define = {
  ...fresh,
  form: defineForm,
  publicForm: definePublicForm,
  question: defineQuestion,
  part: definePart,
  action: defineAction,
  list: defineList,
  file: listFile,
};
