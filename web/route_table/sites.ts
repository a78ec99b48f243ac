import { says } from "@/shared/codes/mod.ts";
import { z } from "zod";
import { handChangeKind } from "@/shared/protocol/mod.ts";
import { formText, queryId, queryText, queryWord } from "./fields.ts";
import { listQuery } from "./lists.ts";
import { REASON_MAX } from "@/web/domain/access/limits.ts";
import { ROUTER_MAX, SITE_MAX } from "@/web/domain/network/limits.ts";

const done = queryText(40);

export const sitesQuery = z.object({
  done,
  q: queryText(80),
  state: queryWord(["away", "drift"]),
  sort: listQuery.sort,
});
export const siteForm = z.object({
  name: formText(SITE_MAX.name).refine((text) => text !== "", says("type_site_name")),
});
/** A new name, and the one that the form was opened with. */
export const renameSiteForm = siteForm.extend({ was: formText(SITE_MAX.name).optional() });
export const siteQuery = z.object({ done });
/** Why a router goes out of use, where somebody else has to approve it. */
export const archiveRouterForm = z.object({ reason: formText(REASON_MAX).optional().default("") });

/** Why a site is removed, where that needs an approval. */
export const removeSiteForm = z.object({ reason: formText(REASON_MAX).optional().default("") });

const routerFields = {
  name: formText(ROUTER_MAX.name).refine((text) => text !== "", says("type_router_name")),
  host: formText(ROUTER_MAX.host).refine(
    (text) => text !== "",
    says("type_host"),
  ),
  port: z.string(says("type_port_once")).trim().regex(/^\d{1,6}$/, says("port_is_number"))
    .transform(Number),
  username: formText(ROUTER_MAX.username).refine(
    (text) => text !== "",
    says("type_router_user"),
  ),
};

/** A password is taken as typed: a space may be part of it. */
const password = z.string(says("type_password_once")).max(
  ROUTER_MAX.password,
  says("text_too_long", { max: ROUTER_MAX.password }),
);

export const addRouterForm = z.object({
  ...routerFields,
  password: password.refine((text) => text !== "", says("type_router_password")),
});
export const editRouterForm = z.object({
  ...routerFields,
  password: password.optional().transform((text) => text === "" ? undefined : text),
  replaced: z.string().optional().transform((text) => text !== undefined),
});

export const routerQuery = z.object({
  done,
  test: queryId,
  answer: queryId,
  drift: queryWord([
    "missing",
    "enabled_by_hand",
    "disabled_by_hand",
    "profile",
    "held",
    "waiting_permit",
    "failed",
    "profile_missing",
  ]),
  sort: listQuery.sort,
  per: listQuery.per,
  after: queryText(400),
  before: queryText(400),
});

/** What the agent asks, and what a person says to it. To cut is asked on a page of its own. */
export const routerAnswerForm = z.object({ question: z.uuid(), answer: z.enum(["same_router", "leave"]) });
export const cutAgainForm = z.object({ question: z.uuid() });

export const handChangesQuery = z.object({
  kind: handChangeKind.optional().catch(undefined),
  sort: listQuery.sort,
  per: listQuery.per,
  after: queryText(400),
  before: queryText(400),
});

/** `then=enrol` replaces the agent: the code for the next one is made at once. */
const then = queryWord(["enrol"]);
export const revokeQuery = z.object({ then });
export const revokeForm = z.object({ then, confirm: queryText(120) });
