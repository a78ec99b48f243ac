import { DEFAULT_PPP_SERVICE, MAX_NAME_LENGTH, nameProblem, readsAsId } from "@/shared/protocol/mod.ts";
import { readableText } from "@/shared/text/mod.ts";
import { type Coded, coded, formatCoded, parseCoded } from "@/shared/codes/mod.ts";
import { CONTACT_MAX } from "../subscribers/limits.ts";
import { importKey, managedService } from "./import_key.ts";
import { commentName } from "./parse_comment.ts";

/** A secret as the router listed it. */
export interface ReadSecret {
  name: string;
  profile: string;
  disabled: boolean;
  comment: string | null;
  callerId: string | null;
  /** `pppoe`, `any`, `l2tp` and so on; left out where an agent does not say. */
  service?: string | null | undefined;
}

/** What is known besides the list itself. */
export interface KnownSubscriptions {
  /** Accounts, by their keys, that are subscriptions on this router already. */
  onThisRouter: ReadonlySet<string>;
  /** PPP name to the name of another router that serves it. */
  elsewhere: ReadonlyMap<string, string>;
  /** The agent of the site manages PPPoE accounts only, until it is updated. @default false */
  isAgentOld?: boolean;
}

/** One row for the review, with what a person should know before it is imported. */
export interface ReviewedSecret extends ReadSecret {
  decision: "import" | "skip";
  /** A stored code with the list of issues; null when nothing stands out. */
  issue: string | null;
}

const BLOCKING: ReadonlySet<string> = new Set([
  "already_subscriber",
  "twice_on_router",
  "ppp_name_too_long",
  "ppp_name_blank",
  "ppp_name_unprintable",
  "profile_too_long",
  "profile_unprintable",
  "service_unknown",
]);
/** What an earlier version wrote in their place. */
const BLOCKING_BEFORE = ["Already a subscriber", "The router has this name more than once"];

/** The issues of a stored row, one by one. */
export function issuesOf(issue: string | null): readonly Coded[] {
  if (issue === null) return [];
  const stored = parseCoded(issue);
  if (stored?.code === "row_issues") return stored.values.issues as readonly Coded[];
  return issue.split("; ").map((text) => coded("plain", { text }));
}

/** Whether a row with these issues cannot be imported whatever a person decides. */
export function isBlocked(issue: string | null): boolean {
  return issuesOf(issue).some(({ code, values }) =>
    BLOCKING.has(code) || BLOCKING_BEFORE.includes(String(values.text))
  );
}

/**
 * One row for each account, in the order of the router: a name stands once for each service. Accounts that cannot be told
 * apart, or are known, are skipped, and so are those of another service than PPPoE, which are tunnels and mostly the
 * office's own; a person may include them.
 */
export function findIssues(secrets: readonly ReadSecret[], known: KnownSubscriptions): ReviewedSecret[] {
  const byAccount = Map.groupBy(secrets, importKey);
  const byCaller = Map.groupBy(
    secrets.filter((secret) => secret.callerId !== null && secret.callerId !== ""),
    (secret) => secret.callerId,
  );
  const byLooks = Map.groupBy(byAccount.keys(), readableText);
  return [...byAccount].map(([key, same]) => {
    const secret = same[0]!;
    const { name } = secret;
    const managed = managedService(secret.service);
    const service = secret.service ?? "";
    const blocking = [
      ...(known.onThisRouter.has(key) ? [coded("already_subscriber")] : []),
      ...(same.length > 1 ? [coded("twice_on_router")] : []),
      ...(managed === null ? [coded("service_unknown", { service })] : []),
      ...nameIssues(secret),
    ];
    const isOther = managed !== null && managed !== DEFAULT_PPP_SERVICE;
    const written = commentName(secret.comment) ?? readableText(name);
    const hasDouble = (byLooks.get(readableText(key))?.length ?? 0) > 1;
    const twin = byCaller.get(secret.callerId)?.find((other) => other.name !== name);
    const router = known.elsewhere.get(name);
    const issues = [
      ...blocking,
      ...(isOther ? [coded("other_service", { service })] : []),
      ...(isOther && known.isAgentOld === true ? [coded("agent_old_for_service")] : []),
      ...(written.length > CONTACT_MAX.name ? [coded("name_shortened", { max: CONTACT_MAX.name })] : []),
      ...(router === undefined ? [] : [coded("same_name_on", { router })]),
      ...(hasDouble ? [coded("reads_like_another")] : []),
      ...(twin === undefined ? [] : [coded("same_device_as", { ppp: twin.name })]),
      ...(secret.disabled ? [coded("disabled_on_router")] : []),
      ...(readsAsId(secret.profile) ? [coded("profile_gone")] : []),
      ...(secret.comment === null || secret.comment.trim() === "" ? [coded("no_comment")] : []),
    ];
    return {
      ...secret,
      decision: blocking.length > 0 || isOther ? "skip" as const : "import" as const,
      issue: issues.length === 0 ? null : formatCoded(coded("row_issues", { issues })),
    };
  });
}

/** What keeps a secret's names from being managed: by the same measure as the messages of the state and the agent. */
function nameIssues({ name, profile }: ReadSecret): Coded[] {
  const max = MAX_NAME_LENGTH;
  const wrong = nameProblem(name);
  // A profile without a name is none: it is left as it is.
  const wrongProfile = nameProblem(profile);
  return [
    ...(wrong === "blank" ? [coded("ppp_name_blank")] : []),
    ...(wrong === "too_long" ? [coded("ppp_name_too_long", { max })] : []),
    ...(wrong === "unprintable" ? [coded("ppp_name_unprintable")] : []),
    ...(wrongProfile === "too_long" ? [coded("profile_too_long", { max })] : []),
    ...(wrongProfile === "unprintable" ? [coded("profile_unprintable")] : []),
  ];
}
