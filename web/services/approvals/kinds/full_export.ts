import { z } from "zod";
import { coded } from "@/shared/codes/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { accessOf, PERMISSIONS } from "@/web/domain/access/mod.ts";
import { EXPORT_HOURS } from "@/web/domain/approvals/mod.ts";
import { findMember } from "@/web/store/access/members.ts";
import { type ApprovalKind, type ApprovalMoment, type ApprovalPreview, seenOf } from "../kind.ts";

const input = z.object({
  askerId: z.uuid(),
  /** Address of the file with its filter: what is approved is this one. */
  href: z.string().startsWith("/admin/"),
  /** What it takes to open the list. */
  permission: z.enum(PERMISSIONS),
  /** Where whoever asked works, when that is at one site. */
  siteId: z.uuid().nullable(),
  /** Name of the list and its filter as whoever asked reads them. */
  list: z.string(),
  filter: z.string(),
  /** Rows as it was asked for. */
  rows: z.int().min(0),
});

/** What somebody asks for who takes a whole list out. */
export type FullExportInput = z.output<typeof input>;

/** Why it is not given out. */
export type FullExportCode = "approval_export_gone";

/**
 * The file of a list with people in it. To carry it out changes nothing: from then on whoever asked can fetch that file
 * ({@linkcode exportSubject}) for {@linkcode EXPORT_HOURS}, with what they may do and see then.
 */
export const fullExportKind: ApprovalKind<FullExportInput, null, FullExportCode> = {
  id: "full_export",
  version: 1,
  input,
  // Of the list itself: which one it takes stands in the input.
  askPermission: "approval:read",
  decide: { permission: "approval:decide", limit: null },
  isOnePerSubject: true,
  words: ({ list, filter }) => [coded("approval_export_words", { list, filter })],
  preview,
  execute: () => Promise.resolve(ok(null)),
};

async function preview(
  { trx }: ApprovalMoment,
  wanted: FullExportInput,
): Promise<Result<ApprovalPreview, FullExportCode>> {
  const { askerId, permission, href, list, filter, rows, siteId } = wanted;
  const asker = await findMember(trx, askerId);
  const mayOpen = asker?.state === "active" && accessOf(asker.roles).permissions.has(permission);
  if (!mayOpen) return err("approval_export_gone");
  return ok({
    subject: { kind: "export", id: exportSubject(askerId, href), label: `${list}: ${filter}` },
    subscriberId: null,
    siteId,
    amountCentavos: null,
    effects: [
      coded("approval_export_rows", { count: rows }),
      coded("approval_export_leaves"),
      coded("approval_export_time", { hours: EXPORT_HOURS }),
    ],
    seen: seenOf({ ...wanted }),
  });
}

/** One file of one person: what a request is about, and what a file that is fetched looks for. */
export function exportSubject(askerId: string, href: string): string {
  return seenOf({ askerId, href });
}
