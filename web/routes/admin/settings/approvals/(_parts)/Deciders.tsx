import { permissionWords } from "@/web/components/words/permission_words.ts";
import { accessOf, isWholeOwner, PERMISSIONS, ROLE_LIMITS } from "@/web/domain/access/mod.ts";
import type { ApprovalKindId } from "@/web/domain/approvals/mod.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { whoCouldDecide } from "@/web/services/approvals/people.ts";
import { kindOf } from "@/web/services/approvals/registry.ts";
import type { Member } from "@/web/store/access/members.ts";

/** Names that are said; further ones are counted. */
const NAMED = 3;

interface DecidersProps {
  kind: ApprovalKindId;
  members: readonly Member[];
  t: Translate;
}

/** Who could decide a request of a kind now, and which right that takes besides the usual one. */
export function Deciders({ kind, members, t }: DecidersProps) {
  const { decide } = kindOf(kind);
  const rights = [
    ...(decide.permission === "approval:decide" ? [] : [decide.permission]),
    ...(decide.limit === null ? [] : [ROLE_LIMITS[decide.limit]]),
  ];
  return (
    <>
      {decidersText(whoCouldDecide(members, kindOf(kind)), t)}
      {rights.length > 0 && (
        <div class="note">
          {t("approvals.decides_right", {
            right: rights.map((right) => permissionWords(t, right)).join(", "),
          })}
        </div>
      )}
    </>
  );
}

/** `Maria Santos, Ana Reyes or 2 more`; somebody who is the only one is said to be. */
function decidersText(people: readonly Member[], t: Translate): string {
  const [only] = people;
  if (only === undefined) return t("approvals.decides_nobody");
  if (people.length === 1) {
    const isOwner = isWholeOwner(accessOf(only.roles), PERMISSIONS);
    return t(isOwner ? "approvals.decides_owner" : "approvals.decides_one", { name: only.name });
  }
  return t("approvals.decides_many", {
    names: people.slice(0, NAMED).map(({ name }) => name).join(", "),
    more: Math.max(0, people.length - NAMED),
  });
}
