import assert from "node:assert/strict";
import { centavos } from "@/shared/money/mod.ts";
import { vatByMonth, type VatPosted } from "./vat_months.ts";

const month = Temporal.PlainDate.from;
const posted = (on: string, kind: VatPosted["posted"], net: number, vat: number): VatPosted => ({
  month: month(on),
  posted: kind,
  netCentavos: centavos(net),
  vatCentavos: centavos(vat),
});

Deno.test("VAT of a month is what was billed less what was taken back; what is payable is worked out from now backwards", () => {
  const rows = vatByMonth(
    [
      posted("2026-01-01", "billed", 100_000, 12_000),
      posted("2026-02-01", "billed", 200_000, 24_000),
      posted("2026-02-01", "voided", -50_000, -6_000),
      posted("2026-02-01", "memos", -10_000, -1_200),
      posted("2026-03-01", "written_off", -25_000, -3_000),
    ],
    [month("2026-02-01"), month("2026-03-01"), month("2026-04-01")],
    centavos(25_800),
  );
  assert.deepEqual(rows.map((row) => ({ ...row, month: String(row.month) })), [
    {
      month: "2026-02-01",
      vatable: 140_000n,
      vatBilled: 24_000n,
      vatVoided: 6_000n,
      vatMemos: 1_200n,
      vatWrittenOff: 0n,
      vatOfMonth: 16_800n,
      payable: 28_800n,
    },
    {
      month: "2026-03-01",
      vatable: -25_000n,
      vatBilled: 0n,
      vatVoided: 0n,
      vatMemos: 0n,
      vatWrittenOff: 3_000n,
      vatOfMonth: -3_000n,
      payable: 25_800n,
    },
    {
      month: "2026-04-01",
      vatable: 0n,
      vatBilled: 0n,
      vatVoided: 0n,
      vatMemos: 0n,
      vatWrittenOff: 0n,
      vatOfMonth: 0n,
      payable: 25_800n,
    },
  ]);
});
