import { formatPeso } from "@/shared/money/mod.ts";
import type { BillingSettings } from "@/web/domain/settings/mod.ts";
import type { Translate } from "@/web/messages/mod.ts";

/** A setting's value in words, with its unit. */
export function settingText(t: Translate, settings: BillingSettings, name: keyof BillingSettings): string {
  switch (name) {
    case "minBalanceCentavos":
      return formatPeso(settings.minBalanceCentavos);
    case "blackoutWeekdays": {
      const days = settings.blackoutWeekdays.map((day) => t(`settings.weekday_${day as 1}`));
      return days.join(", ") || t("settings.none");
    }
    case "blackoutDates":
      return settings.blackoutDates.map(String).join(", ") || t("settings.none");
    case "firstBill":
      return t(`settings.first_bill_${settings.firstBill}`);
    case "cycleAnchor":
    case "timing":
    case "suspendedPolicy":
    case "proration":
    case "endCredit":
      return t(`settings.choice_${settings[name]}`);
    case "lateTermsDays":
      return t("settings.late_terms", { n: settings.lateTermsDays });
    case "lateFeeKind":
      return t(`settings.late_fee_${settings.lateFeeKind}`);
    case "lateFeeCentavos":
    case "reconnectionFeeCentavos":
      return settings[name] === 0n ? t("settings.none") : formatPeso(settings[name]);
    case "lateFeeBp":
      return settings.lateFeeBp === 0
        ? t("settings.none")
        : t("settings.value_percent", { n: settings.lateFeeBp / 100 });
    case "cutTime":
      return settings.cutTime;
    case "cycleDay":
      return t("settings.value_cycle_day", { day: settings.cycleDay });
    case "brakePercent":
      return t("settings.value_percent", { n: settings.brakePercent });
    case "brakeMultiple":
      return t("settings.value_times", { n: settings.brakeMultiple });
    case "stopAfterUnpaidBills":
      return t("settings.value_unpaid", { n: settings.stopAfterUnpaidBills });
    case "leadDays":
    case "termsDays":
    case "graceDays":
    case "minNoticeDays":
    case "disputeDays":
    case "mergeStubLtDays":
    case "lateAfterDays":
      return t("settings.value_days", { n: settings[name] });
  }
}
