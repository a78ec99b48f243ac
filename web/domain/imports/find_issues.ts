/** A secret as the router listed it. */
export interface ReadSecret {
  name: string;
  profile: string;
  disabled: boolean;
  comment: string | null;
  callerId: string | null;
}

/** What is known besides the list itself. */
export interface KnownSubscriptions {
  /** PPP names that are subscriptions on this router already. */
  onThisRouter: ReadonlySet<string>;
  /** PPP name to the name of another router that serves it. */
  elsewhere: ReadonlyMap<string, string>;
}

/** One row for the review, with what a person should know before it is imported. */
export interface ReviewedSecret extends ReadSecret {
  decision: "import" | "skip";
  /** Sentences, joined by `; `; null when nothing stands out. */
  issue: string | null;
}

/** Issue of a row that is a subscription on this router already. */
export const ALREADY_SUBSCRIBER = "Already a subscriber";
/** Issue of a name that the router has more than once. */
export const TWICE_ON_ROUTER = "The router has this name more than once";

/** One row for each name, in the order of the router. Names that cannot be told apart, or are known, are skipped. */
export function findIssues(secrets: readonly ReadSecret[], known: KnownSubscriptions): ReviewedSecret[] {
  const byName = Map.groupBy(secrets, (secret) => secret.name);
  const byCaller = Map.groupBy(
    secrets.filter((secret) => secret.callerId !== null && secret.callerId !== ""),
    (secret) => secret.callerId,
  );
  return [...byName].map(([name, same]) => {
    const secret = same[0]!;
    const blocking = [
      ...(known.onThisRouter.has(name) ? [ALREADY_SUBSCRIBER] : []),
      ...(same.length > 1 ? [TWICE_ON_ROUTER] : []),
    ];
    const twin = byCaller.get(secret.callerId)?.find((other) => other.name !== name);
    const router = known.elsewhere.get(name);
    const issues = [
      ...blocking,
      ...(router === undefined ? [] : [`Same name on ${router}`]),
      ...(twin === undefined ? [] : [`Same device as ${twin.name}`]),
      ...(secret.disabled ? ["Disabled on the router"] : []),
      ...(secret.comment === null || secret.comment.trim() === ""
        ? ["No comment: the PPP name is used"]
        : []),
    ];
    return {
      ...secret,
      decision: blocking.length > 0 ? "skip" as const : "import" as const,
      issue: issues.length === 0 ? null : issues.join("; "),
    };
  });
}
