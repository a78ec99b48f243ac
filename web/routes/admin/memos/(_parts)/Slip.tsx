import { CompanyBlock } from "@/web/components/facts/CompanyBlock.tsx";
import { type Fact, FactList } from "@/web/components/facts/FactList.tsx";
import PrintButton from "@/web/islands/PrintButton.tsx";

interface SlipProps {
  company: Parameters<typeof CompanyBlock>[0]["company"];
  /** When the company's logo was put there; null without one. */
  logoAt: Temporal.Instant | null;
  title: string;
  print: string;
  /** Number, day, person. */
  about: readonly Fact[];
  /** Where the amount is, and the amount. */
  amounts: readonly Fact[];
  notes: readonly string[];
  /** Who signs. */
  signatures: readonly string[];
}

/** A paper with a number that a person takes home: the only thing of its page that is printed. */
export function Slip({ company, logoAt, title, print, about, amounts, notes, signatures }: SlipProps) {
  return (
    <section class="card receipt">
      <div class="card-head">
        <CompanyBlock company={company} logoAt={logoAt} />
        <span class="no-print">
          <PrintButton label={print} />
        </span>
      </div>
      <div class="card-body stack">
        <h2>{title}</h2>
        <FactList sum facts={about} />
        <FactList sum facts={amounts} />
        <div class="note">{notes.map((note) => <p key={note}>{note}</p>)}</div>
        <div class="signatures">{signatures.map((name) => <div key={name}>{name}</div>)}</div>
      </div>
    </section>
  );
}
