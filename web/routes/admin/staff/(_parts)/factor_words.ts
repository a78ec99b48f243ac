import type { Translate } from "@/web/messages/mod.ts";
import type { MemberLine } from "@/web/store/access/members.ts";

/** The second factors of somebody in words; wanting where a role asks for one that they do not have. */
export function factorWords(
  t: Translate,
  { hasApp, passkeys, requiresFactor }: Pick<MemberLine, "hasApp" | "passkeys" | "requiresFactor">,
): { text: string; isWanting: boolean } {
  const has = [
    ...hasApp ? [t("factors.staff_app")] : [],
    ...passkeys > 0 ? [t("factors.staff_passkeys", { count: passkeys })] : [],
  ];
  if (has.length > 0) return { text: has.join(", "), isWanting: false };
  return {
    text: t(requiresFactor ? "factors.staff_waits" : "factors.staff_none"),
    isWanting: requiresFactor,
  };
}
