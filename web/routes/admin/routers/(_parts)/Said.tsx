import { parseCoded } from "@/shared/codes/mod.ts";
import { StoredDetails, StoredText } from "@/web/components/facts/StoredText.tsx";

/** States whose title and advice say what these codes say. */
const SAID_ALREADY = [
  "router_not_reached",
  "router_login_refused",
  "router_too_old",
  "router_is_other",
  "router_failed",
];

/** What is known beyond the state of a router: a sentence where it adds to the advice, and the rest behind *Details*. */
export function Said({ text }: { text: string | null }) {
  if (text === null) return null;
  const coded = parseCoded(text);
  const adds = coded !== null && !SAID_ALREADY.includes(coded.code);
  return (
    <>
      {adds && (
        <p>
          <StoredText text={text} isSentence />
        </p>
      )}
      <StoredDetails text={text} />
    </>
  );
}
