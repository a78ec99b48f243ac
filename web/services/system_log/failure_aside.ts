const DETAIL_LENGTH = 300;

/** What a failure says of itself, for whoever repairs it: beside the words for a person, as long as a line may be. */
export function failureAside(error: unknown): string {
  return String(error instanceof Error ? error.message : error).replaceAll("\0", "").slice(0, DETAIL_LENGTH);
}
