import {
  appRole,
  exposeFunction,
  type MigrationDatabase,
  protectTenantTable,
  run,
  runAll,
} from "./_tenant_table.ts";

/** What the built-in Owner of tenants that are there already gets. */
const PERMISSIONS = ["privacy:export", "privacy:erase", "privacy:people"] as const;

/**
 * A person's data can be taken out, and erased while the books stay. What is erased in the audit log is told by rows
 * that the installation signs, so that the chain still proves that nothing else was changed.
 */
export async function up(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    "alter table subscribers add column erased_at timestamptz",
    "comment on column subscribers.erased_at is 'Who it was is erased; the account and its books stay.'",
    `alter table audit_entries add column salt text collate "C" check (length(salt) between 1 and 40)`,
    "comment on column audit_entries.salt is 'Makes the hash say nothing about words that are erased; it goes with them.'",
    `create table erasures (
      tenant_id uuid not null references tenants (id),
      id uuid not null,
      subscriber_id uuid not null,
      account_number text not null,
      state text not null check (state in ('asked', 'done', 'withdrawn')),
      reason text check (length(reason) between 1 and 200),
      asked_at timestamptz not null,
      asked_by text not null,
      erased_at timestamptz,
      entries integer,
      digest bytea check (length(digest) = 32),
      public_key bytea check (length(public_key) = 32),
      signature bytea check (length(signature) = 64),
      primary key (tenant_id, id),
      foreign key (tenant_id, subscriber_id) references subscribers (tenant_id, id),
      check ((state = 'done') = (erased_at is not null)),
      check ((erased_at is null) = (signature is null))
    )`,
    "comment on table erasures is 'People who asked to be erased, and what was done, signed by the installation.'",
    "comment on column erasures.digest is 'SHA-256 over what was erased in the audit log.'",
    "create index erasures_by_subscriber on erasures (tenant_id, subscriber_id)",
    "create unique index erasures_one_open on erasures (tenant_id, subscriber_id) where state = 'asked'",
    `create table audit_redactions (
      tenant_id uuid not null,
      sequence bigint not null,
      erasure_id uuid not null,
      original_hash bytea not null check (length(original_hash) = 32),
      content_hash bytea not null check (length(content_hash) = 32),
      primary key (tenant_id, erasure_id, sequence),
      foreign key (tenant_id, erasure_id) references erasures (tenant_id, id),
      foreign key (tenant_id, sequence) references audit_entries (tenant_id, sequence)
    )`,
    "comment on table audit_redactions is 'Entries whose words were erased: what they were, and what they are, as hashes.'",
    "create index audit_redactions_by_entry on audit_redactions (tenant_id, sequence)",
  ]);
  await protectTenantTable(db, "erasures", "select, insert");
  await protectTenantTable(db, "audit_redactions", "select, insert");
  await run(
    db,
    `grant update (state, reason, erased_at, entries, digest, public_key, signature) on erasures to ${await appRole(
      db,
    )}`,
  );
  await runAll(db, [ERASE_AUDIT, ERASE_PERSON]);
  await exposeFunction(db, "erase_audit_words(uuid, bigint[], text[], text[], text[])");
  await exposeFunction(db, "erase_subscriber_words(uuid, uuid, text, text, text, text[])");
  for (const permission of PERMISSIONS) {
    await acrossTenants(
      db,
      `insert into role_permissions (tenant_id, role_id, permission)
        select tenant_id, id, '${permission}' from roles where name = 'Owner' and is_builtin on conflict do nothing`,
    );
  }
}

const DEFINER = "language plpgsql security definer set search_path = pg_catalog, public, pg_temp";
const TENANT = "(select nullif(current_setting('app.tenant', true), '')::uuid)";

/** Changes the words of entries, and of those only that a row of the erasure names. */
const ERASE_AUDIT = `create function erase_audit_words(erasure_wanted uuid, sequences bigint[], actors text[],
    summaries text[], contents text[]) returns integer ${DEFINER} as $$
  declare changed integer;
  begin
    update public.audit_entries e set actor = n.actor, summary = n.summary, details = n.content::jsonb, salt = null
    from unnest(sequences, actors, summaries, contents) n (sequence, actor, summary, content)
    where e.tenant_id = ${TENANT} and e.sequence = n.sequence and exists (select from public.audit_redactions r
      where r.tenant_id = e.tenant_id and r.sequence = e.sequence and r.erasure_id = erasure_wanted);
    get diagnostics changed = row_count;
    return changed;
  end $$`;

/** What a person wrote of somebody is gone; what Linya wrote stays without the words that name them. */
const FREE = (column: string) =>
  `${column} = case when ${column} is null then null when ${column} like '{"code":%'
    then regexp_replace(${column}, own_words, '—', 'gi') else '—' end`;
const NAMED = (column: string) => `${column} = regexp_replace(${column}, own_words, '—', 'gi')`;
const OF_PERSON = `x.tenant_id = tenant_wanted and x.subscriber_id = subscriber_wanted`;
const TO_STAFF = "x.tenant_id = tenant_wanted and x.subscriber_id is null";
const OF_CONNECTION = `x.tenant_id = tenant_wanted and x.subscription_id = any(connections)`;
const WIDE = (table: string, column: string) =>
  `update public.${table} x set ${column} = regexp_replace(x.${column}, wide_words, '—', 'gi')
    where x.tenant_id = tenant_wanted and x.${column} ~* wide_words;`;
const JSON_WORDS = (table: string, column: string, words: string, where: string) =>
  `update public.${table} x set ${column} = regexp_replace(x.${column}::text, ${words}, '—', 'gi')::jsonb
    where ${where} and x.${column}::text ~* ${words};`;

/** Values of a frozen input that somebody typed; why a connection was switched off is a word of the program. */
const FROZEN = `coalesce((select jsonb_object_agg(i.key, case when i.key in ('reason', 'reference', 'note')
    and jsonb_typeof(i.value) = 'string' and i.value <> '""' and not (x.kind = 'suspension' and i.key = 'reason')
    then '"—"' else i.value end) from jsonb_each(x.input) i), '{}')`;

/**
 * Requests about them, and mails to staff about these: what was asked for, by whom, what was decided and every amount
 * stays. The hash of what was looked at is one of their words as well.
 */
const REQUESTS_OF_PERSON = `
    update public.mail_messages x set subject = null, server_words = null, facts = jsonb_set(x.facts, '{params}',
        (x.facts->'params') || jsonb_build_object('what', name_wanted, 'reason', '—')
          || case when jsonb_typeof(x.facts->'params'->'note') = 'string' then '{"note": "—"}' else '{}' end::jsonb)
      where x.tenant_id = tenant_wanted and x.subscriber_id is null and x.facts->>'about' in (
        select 'approval:' || r.id from public.approval_requests r
          where r.tenant_id = tenant_wanted and r.subscriber_id = subscriber_wanted);
    update public.approval_requests x set input = regexp_replace(${FROZEN}::text, own_words, '—', 'gi')::jsonb,
        effects = regexp_replace(x.effects::text, own_words, '—', 'gi')::jsonb, seen = '', ${
  NAMED("failure")
},
        ${FREE("reason")}, ${FREE("note")},
        subject_label = name_wanted || case when x.subject_kind in ('bill', 'payment')
          then coalesce(substring(x.subject_label from ', [A-Z]{1,8}-?[0-9][0-9-]*$'), '') else '' end
      where ${OF_PERSON};`;

/**
 * Takes somebody out of everything that is theirs, with the rights of the tables' owner: the books are sealed against
 * the web. It works only within an erasure that is done, and no amount, number or date is touched.
 */
const ERASE_PERSON = `create function erase_subscriber_words(erasure_wanted uuid, subscriber_wanted uuid,
    name_wanted text, own_words text, wide_words text, addresses text[]) returns integer ${DEFINER} as $$
  declare
    tenant_wanted uuid := ${TENANT};
    pseudonym text;
    connections uuid[];
    routers_of uuid[];
  begin
    select 'erased-' || s.account_number into pseudonym from public.subscribers s
      join public.erasures r on r.tenant_id = s.tenant_id and r.subscriber_id = s.id and r.id = erasure_wanted
        and r.state = 'done'
      where s.tenant_id = tenant_wanted and s.id = subscriber_wanted;
    if pseudonym is null then raise exception 'Cannot erase subscriber %: nobody asked for it', subscriber_wanted; end if;
    select coalesce(array_agg(c.id), '{}'), coalesce(array_agg(distinct c.router_id), '{}')
      into connections, routers_of
      from public.subscriptions c where c.tenant_id = tenant_wanted and c.subscriber_id = subscriber_wanted;

    delete from public.observed_secrets o using public.subscriptions c
      where c.tenant_id = tenant_wanted and c.subscriber_id = subscriber_wanted and c.status = 'cancelled'
        and o.tenant_id = c.tenant_id and o.router_id = c.router_id and o.ppp_name = c.ppp_name
        and o.ppp_service = c.ppp_service and not exists (select from public.subscriptions other
          where other.tenant_id = c.tenant_id and other.router_id = c.router_id and other.ppp_name = c.ppp_name
            and other.ppp_service = c.ppp_service and other.status <> 'cancelled');
    update public.desired_secrets x set ppp_name = n.new_name
      from (select d.ctid as place, pseudonym || '-' || row_number() over (order by d.router_id, d.ppp_name) as new_name
        from public.desired_secrets d join public.subscriptions c on c.tenant_id = d.tenant_id
          and c.id = d.subscription_id and c.status = 'cancelled'
        where d.tenant_id = tenant_wanted and d.subscription_id = any(connections) and d.removed_at is not null
          and d.ppp_name not like pseudonym || '-%') n
      where x.ctid = n.place and x.tenant_id = tenant_wanted;
    update public.router_hand_changes x set ppp_name = pseudonym, said = null, ${NAMED("before")}, ${
  NAMED("after")
}
      where ${OF_CONNECTION};
    update public.disable_authorisations x
      set names = array(select regexp_replace(n, own_words, pseudonym, 'gi') from unnest(x.names) n)
      where x.tenant_id = tenant_wanted and x.router_id = any(routers_of)
        and array_to_string(x.names, ' ') ~* own_words;
    ${
  JSON_WORDS(
    "commands",
    "arguments",
    "own_words",
    "x.tenant_id = tenant_wanted and x.router_id = any(routers_of)",
  )
}
    ${
  JSON_WORDS(
    "commands",
    "result",
    "own_words",
    "x.tenant_id = tenant_wanted and x.router_id = any(routers_of)",
  )
}
    update public.commands x set ${NAMED("error_message")} where x.tenant_id = tenant_wanted
      and x.router_id = any(routers_of) and x.error_message ~* own_words;
    ${
  JSON_WORDS(
    "command_parts",
    "content",
    "own_words",
    `x.tenant_id = tenant_wanted and exists (select from public.commands c where c.tenant_id = x.tenant_id
        and c.id = x.command_id and c.router_id = any(routers_of))`,
  )
}
    update public.import_rows x set ppp_name = n.new_name, account_key = n.new_name, comment = null, caller_id = null,
        name = null, phone = null, ${NAMED("outcome_message")}
      from (select i.ctid as place, pseudonym || '-' || row_number() over (order by i.batch_id, i.ppp_name) as new_name
        from public.import_rows i where i.tenant_id = tenant_wanted and i.subscriber_id = subscriber_wanted) n
      where x.ctid = n.place and x.tenant_id = tenant_wanted;
    update public.subscriptions x set ppp_name = pseudonym || '-' || n.nth
      from (select c.id, row_number() over (order by c.created_at, c.id) as nth from public.subscriptions c
        where c.tenant_id = tenant_wanted and c.id = any(connections) and c.status = 'cancelled') n
      where x.tenant_id = tenant_wanted and x.id = n.id;

    update public.bills x set ${FREE("void_reason")} where ${OF_PERSON} and x.void_reason is not null;
    update public.bill_lines x set ${NAMED("description")} from public.bills b where ${
  OF_PERSON.replaceAll("x.", "b.")
}
      and x.tenant_id = b.tenant_id and x.bill_id = b.id and x.description ~* own_words;
    update public.payments x set ${FREE("note")}, ${FREE("reverse_reason")}, ${
  NAMED("reference")
} where ${OF_PERSON};
    update public.credit_memos x set ${FREE("reason")}, ${FREE("void_reason")} where ${OF_PERSON};
    update public.refunds x set ${FREE("reason")}, ${FREE("reverse_reason")}, ${
  NAMED("reference")
} where ${OF_PERSON};
    update public.disputes x set ${FREE("reason")}, ${FREE("note")} from public.bills b
      where ${OF_PERSON.replaceAll("x.", "b.")} and x.tenant_id = b.tenant_id and x.bill_id = b.id;
    update public.ledger_transactions x set ${NAMED("description")} where x.tenant_id = tenant_wanted
      and x.description ~* own_words and x.id in (select e.transaction_id from public.ledger_entries e
        where e.tenant_id = tenant_wanted and e.subscriber_id = subscriber_wanted);

    update public.block_reasons x set ${FREE("note")} where ${OF_CONNECTION};
    update public.cut_exclusions x set ${FREE("reason")} where ${OF_CONNECTION};
    update public.holds x set ${FREE("reason")} where ${OF_CONNECTION};
    update public.subscription_prices x set ${FREE("reason")} where ${OF_CONNECTION};
    update public.service_ends x set ${FREE("reason")}, ${FREE("note")} where ${OF_CONNECTION};
    update public.parked_bills x set ${NAMED("reason")} where ${OF_CONNECTION};
    update public.run_rows x set ${NAMED("reason")} where ${OF_CONNECTION} and x.reason ~* own_words;

    ${REQUESTS_OF_PERSON}

    update public.mail_messages x set address = null, subject = null, server_words = null,
        facts = regexp_replace(x.facts::text, own_words, '—', 'gi')::jsonb,
        state = case when x.state = 'queued' then 'skipped' else x.state end,
        reason = case when x.state = 'queued' then 'no_address' else x.reason end
      where ${OF_PERSON};
    update public.mail_consents x set said_by = '—' where ${OF_PERSON} and x.source = 'link';
    delete from public.mail_refusals x where x.tenant_id = tenant_wanted and x.address_lower = any(addresses)
      and not exists (select from public.subscribers s where s.tenant_id = x.tenant_id
        and lower(s.email) = x.address_lower and s.id <> subscriber_wanted);

    update public.system_log x set ${NAMED("message")},
        fields = regexp_replace(x.fields::text, own_words, '—', 'gi')::jsonb where ${OF_PERSON};
    delete from public.staff_preferences x where x.tenant_id = tenant_wanted and x.name = 'undo_contact'
      and x.value->>'subscriberId' = subscriber_wanted::text;

    update public.subscribers x set name = name_wanted, phone = null, email = null, address = null, barangay = null,
        city = null, notes = null, mail_wanted = 'none', erased_at = coalesce(x.erased_at, now())
      where x.tenant_id = tenant_wanted and x.id = subscriber_wanted;

    if wide_words is not null then
      ${WIDE("system_log", "message")}
      ${JSON_WORDS("system_log", "fields", "wide_words", "x.tenant_id = tenant_wanted")}
      ${JSON_WORDS("staff_preferences", "value", "wide_words", "x.tenant_id = tenant_wanted")}
      ${WIDE("saved_views", "query")}
      ${WIDE("saved_views", "name")}
      ${WIDE("outages", "cause")}
      ${WIDE("outages", "take_back_reason")}
      ${WIDE("runs", "error_message")}
      ${WIDE("import_batches", "error_message")}
      ${WIDE("import_rows", "outcome_message")}
      ${WIDE("credit_memos", "reason")}
      ${
  ["subject_label", "reason", "note", "failure"].map((column) => WIDE("approval_requests", column)).join(
    "\n      ",
  )
}
      ${JSON_WORDS("approval_requests", "input", "wide_words", "x.tenant_id = tenant_wanted")}
      ${JSON_WORDS("approval_requests", "effects", "wide_words", "x.tenant_id = tenant_wanted")}
      ${JSON_WORDS("mail_messages", "facts", "wide_words", TO_STAFF)}
      update public.mail_messages x set subject = null where ${TO_STAFF} and x.subject ~* wide_words;
      ${WIDE("audit_known_breaks", "note")}
    end if;
    return cardinality(connections);
  end $$`;

/** Runs a statement on the roles of all tenants, which their rules hide from it otherwise. */
async function acrossTenants(db: MigrationDatabase, statement: string): Promise<void> {
  const tables = ["roles", "role_permissions"];
  for (const table of tables) await run(db, `alter table ${table} no force row level security`);
  await run(db, statement);
  for (const table of tables) await run(db, `alter table ${table} force row level security`);
}

export async function down(db: MigrationDatabase): Promise<void> {
  for (const permission of PERMISSIONS) {
    await acrossTenants(db, `delete from role_permissions where permission = '${permission}'`);
  }
  await runAll(db, [
    "drop function erase_subscriber_words(uuid, uuid, text, text, text, text[])",
    "drop function erase_audit_words(uuid, bigint[], text[], text[], text[])",
    "drop table audit_redactions",
    "drop table erasures",
    "alter table audit_entries drop column salt",
    "alter table subscribers drop column erased_at",
  ]);
}
