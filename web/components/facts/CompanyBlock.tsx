interface CompanyBlockProps {
  company: { name: string; address: string | null; phone: string | null; email: string | null };
  /** When the company's logo was put there; null without one. */
  logoAt: Temporal.Instant | null;
}

/** Who gives a receipt or a statement: as on the company's letter. */
export function CompanyBlock({ company, logoAt }: CompanyBlockProps) {
  const lines = [company.address, [company.phone, company.email].filter((part) => !!part).join(" · ")];
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
