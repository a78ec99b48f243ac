import { Card } from "@/web/components/facts/Card.tsx";
import { CopyBlock } from "@/web/components/facts/CopyBlock.tsx";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { useT } from "@/web/components/i18n.ts";

interface PublicAddressCardProps {
  address: string;
  billId: string;
  canTakeBack: boolean;
}

/** Where anybody with the address sees the bill, to be passed on or taken back. */
export function PublicAddressCard({ address, billId, canTakeBack }: PublicAddressCardProps) {
  const t = useT();
  return (
    <Card title={t("public_bill.address")}>
      <div class="stack">
        <CopyBlock label={t("public_bill.address")} text={address} hint={t("public_bill.address_hint")} />
        {canTakeBack && (
          <div>
            <LinkButton small href={`/admin/bills/${billId}/address`} dialog>
              {t("public_bill.take_back")}
            </LinkButton>
          </div>
        )}
      </div>
    </Card>
  );
}
