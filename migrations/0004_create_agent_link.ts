import { exposeFunction, type MigrationDatabase, run, runAll } from "./_tenant_table.ts";

const SIGNATURES = [
  "lookup_link_work(uuid[])",
  "touch_agent_presence(text, uuid[], bigint[], integer[], timestamptz)",
];

/** What a node asks and writes for all its links at once: one statement however many tenants they belong to. */
export async function up(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    ...["routers", "router_states", "commands"].map((table) =>
      `create policy owner_lookup on ${table} for select to current_user using (true)`
    ),
    "create policy owner_heartbeats on agent_presence for all to current_user using (true) with check (true)",
    // Marks only say "something moved"; what moved is then read in a transaction of the tenant.
    `create function lookup_link_work(agents_wanted uuid[]) returns table
        (agent_id uuid, epoch bigint, is_refused boolean, states_mark text, settings_mark text, commands_waiting bigint)
      language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
        select a.id, a.epoch, a.revoked_at is not null or a.frozen_at is not null,
          coalesce((select string_agg(s.lineage::text || s.generation, ',' order by s.router_id)
            from public.routers r join public.router_states s on s.tenant_id = r.tenant_id and s.router_id = r.id
            where r.tenant_id = a.tenant_id and r.site_id = a.site_id and r.archived_at is null), ''),
          coalesce((select string_agg(r.id::text || r.settings_version, ',' order by r.id) from public.routers r
            where r.tenant_id = a.tenant_id and r.site_id = a.site_id and r.archived_at is null), ''),
          (select count(*) from public.commands c
            where c.tenant_id = a.tenant_id and c.agent_id = a.id and c.status = 'queued')
        from public.agents a where a.id = any(agents_wanted) $$`,
    // The epoch keeps a node that lost an agent from writing over the node that has it now.
    `create function touch_agent_presence
        (node text, agents uuid[], epochs bigint[], round_trips integer[], at timestamptz) returns void
      language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
        update public.agent_presence p
          set heartbeat_at = at, disconnected_at = null, round_trip_ms = coalesce(u.round_trip, p.round_trip_ms)
          from unnest(agents, epochs, round_trips) as u (agent_id, epoch, round_trip)
          where p.agent_id = u.agent_id and p.epoch = u.epoch and p.node_id = node $$`,
    "create index agent_presence_by_agent on agent_presence (agent_id)",
    "create index routers_by_site on routers (tenant_id, site_id)",
  ]);
  for (const signature of SIGNATURES) await exposeFunction(db, signature);
}

export async function down(db: MigrationDatabase): Promise<void> {
  for (const signature of SIGNATURES) await run(db, `drop function ${signature}`);
  await runAll(db, [
    "drop index routers_by_site",
    "drop index agent_presence_by_agent",
    "drop policy owner_heartbeats on agent_presence",
    ...["commands", "router_states", "routers"].map((table) => `drop policy owner_lookup on ${table}`),
  ]);
}
