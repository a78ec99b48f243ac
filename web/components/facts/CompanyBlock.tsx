import { useT } from "@/web/components/i18n.ts";

/** Who a company is, on its letter. */
export interface Company {
  name: string;
  address: string | null;
  phone: string | null;
  email: string | null;
  /** As the BIR knows it. */
  registered_name?: string | null;
  tin?: string | null;
}

interface CompanyBlockProps {
  company: Company;
  /** When the company's logo was put there; null without one. */
  logoAt: Temporal.Instant | null;
}

/** Who gives a receipt or a statement: as on the company's letter. */
export function CompanyBlock({ company, logoAt }: CompanyBlockProps) {
  const t = useT();
  const { registered_name: registered, tin } = company;
  const lines = [
    registered === company.name ? null : registered,
    tin ? t("bills.tin", { tin }) : null,
    company.address,
    [company.phone, company.email].filter((part) => !!part).join(" · "),
  ];
  return (
    <div class="company-block">
      {logoAt && <img class="company-logo" src={`/logo?v=${logoAt.epochMilliseconds}`} alt="" />}
      <div>
        <b>{company.name}</b>
        {lines.filter((line) => !!line).map((line) => <div class="note" key={line}>{line}</div>)}
      </div>
    </div>
  );
}
