import type { Access, SignedInAudience } from "@/web/domain/access/mod.ts";
import type { FrameFigures, SeenAs } from "@/web/store/access/sessions.ts";
import type { Preferences } from "@/web/store/settings/preferences.ts";

/** One of the ISP's people. */
export interface StaffSession {
  audience: "staff";
  sessionId: string;
  tenantId: string;
  staffUserId: string;
  staffName: string;
  /** In lower case. */
  email: string;
  permissions: ReadonlySet<string>;
  /** With the sites and limits of their roles. @default {everywhere, without limits} */
  access?: Access;
  /** Sites that the page of this request is limited to; set by the guard. Null: everywhere. */
  siteIds?: readonly string[] | null;
  /** How many companies they work for. @default 1 */
  companies?: number;
  /** They add a second factor first, and reach nothing else until then. @default false */
  mustEnrol?: boolean;
  /** When they last proved who they are. @default null, never */
  confirmedAt?: Temporal.Instant | null;
  /** The role or the person that they look at Linya as: nothing can be changed meanwhile. @default null, as themselves */
  seesAs?: SeenAs | null;
  /** What this person likes: language, density, columns. */
  preferences?: Preferences;
  /** What the frame shows, read along with the session. */
  frame?: FrameFigures;
}

/** One of the ISP's subscribers, in the portal. */
export interface SubscriberSession {
  audience: "subscriber";
  sessionId: string;
  tenantId: string;
  subscriberId: string;
  name: string;
}

/** Whoever runs an installation with many ISPs. */
export interface OperatorSession {
  audience: "operator";
  sessionId: string;
  operatorId: string;
  name: string;
}

/** Who is signed in. */
export type Session = StaffSession | SubscriberSession | OperatorSession;
export type SessionOf<A extends SignedInAudience> = Extract<Session, { audience: A }>;

/** The id of whoever it is. */
export function personOf(session: Session): string {
  switch (session.audience) {
    case "staff":
      return session.staffUserId;
    case "subscriber":
      return session.subscriberId;
    case "operator":
      return session.operatorId;
  }
}
