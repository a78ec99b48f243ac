import { coded } from "@/shared/codes/mod.ts";
import { readParams, requireSession } from "@/web/app/form/input.ts";
import { actorOf, found, momentOf, readPage } from "@/web/app/frame/page_context.ts";
import { zipAnswer } from "@/web/app/frame/zip_answer.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";
import { define } from "@/web/app/state.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { recordReading } from "@/web/services/record_reading.ts";
import { findSubscriber } from "@/web/store/subscribers/subscribers.ts";
import { dataFiles } from "../(_parts)/personal_data.ts";

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "privacy:export",
    params: idParams,
    audit: "export.person",
    summary: "Everything about one subscriber as one file",
  },
};

export const handler = define.handlers({
  async GET({ state }) {
    const { id } = readParams(state, idParams);
    const { tenant, today } = momentOf(state);
    const person = found(await readPage(state, (trx) => findSubscriber(trx, id)));
    // Before the first byte goes out: who breaks it off has seen some of it.
    await recordReading(state.services, requireSession(state).tenantId, actorOf(state), {
      action: "export.person",
      what: "person",
      subscriberId: id,
      summary: coded("audit_personal_data", { account: person.account_number }),
      details: {},
    });
    return zipAnswer(
      `personal-data-${person.account_number}-${today}`,
      dataFiles(state, { person, company: tenant.name, today }),
    );
  },
});
