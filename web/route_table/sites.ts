import { z } from "zod";
import { formText, queryId, queryText, queryWord } from "./fields.ts";
import { listQuery } from "./lists.ts";
import { ROUTER_MAX, SITE_MAX } from "@/web/domain/network/limits.ts";

const done = queryText(40);

export const sitesQuery = z.object({
  done,
  q: queryText(80),
  state: queryWord(["away", "drift"]),
  sort: listQuery.sort,
});
export const siteForm = z.object({
  name: formText(SITE_MAX.name).refine((text) => text !== "", "Type a name for the site."),
});
export const siteQuery = z.object({ done });

const routerFields = {
  name: formText(ROUTER_MAX.name).refine((text) => text !== "", "Type a name for the router."),
  host: formText(ROUTER_MAX.host).refine(
    (text) => text !== "",
    "Type the router's address, for example 192.168.88.1.",
  ),
  port: z.string("Type the port once.").trim().regex(/^\d{1,6}$/, "The port is a number. RouterOS uses 8728.")
    .transform(Number),
  username: formText(ROUTER_MAX.username).refine(
    (text) => text !== "",
    "Type the user that Linya signs in with.",
  ),
};

/** A password is taken as typed: a space may be part of it. */
const password = z.string("Type the password once.").max(
  ROUTER_MAX.password,
  `Shorten this to ${ROUTER_MAX.password} characters.`,
);

export const addRouterForm = z.object({
  ...routerFields,
  password: password.refine((text) => text !== "", "Type the password of that user."),
});
export const editRouterForm = z.object({
  ...routerFields,
  password: password.optional().transform((text) => text === "" ? undefined : text),
  replaced: z.string().optional().transform((text) => text !== undefined),
});

export const routerQuery = z.object({
  done,
  test: queryId,
  drift: queryWord([
    "missing",
    "enabled_by_hand",
    "disabled_by_hand",
    "profile",
    "held",
    "waiting_permit",
    "failed",
  ]),
  sort: listQuery.sort,
  per: listQuery.per,
  after: queryText(400),
  before: queryText(400),
});

/** `then=enrol` replaces the agent: the code for the next one is made at once. */
const then = queryWord(["enrol"]);
export const revokeQuery = z.object({ then });
export const revokeForm = z.object({ then, confirm: queryText(120) });
