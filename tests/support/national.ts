import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectNational } from '#addressees/numbers';
import { asOperator } from '#common-base/access';
import {
  type FormerRecord,
  type IntermediateStandIn,
  openIntermediateServer,
} from '#counterparties/intermediate-server';
import {
  openResidentNetwork,
  type RegisteredPerson,
  type ResidentNetworkStandIn,
} from '#counterparties/resident-network';
import type { Clock } from '#platform/clock';
import { openSystemKey, type SystemKey } from '#platform/exchange';
import { createLog } from '#platform/log';
import type { TestDatabase } from './database.ts';
import { noteNumbers } from './number-watch.ts';
import { testKeyWrapper } from './numbers.ts';

/** The stand-ins of the national systems, connected with an office that has a key of its own. */
export interface NationalStandIns {
  readonly intermediate: IntermediateStandIn;
  readonly network: ResidentNetworkStandIn;
  readonly officeKey: SystemKey;
  /** What a round of the office needs. */
  readonly context: {
    readonly db: TestDatabase['db'];
    readonly clock: Clock;
    readonly keyWrapper: typeof testKeyWrapper;
    readonly key: SystemKey;
  };
  close(): Promise<void>;
}

/** Opens both stand-ins with what they know, and connects a test's office with them. */
export async function openNationalStandIns(
  office: TestDatabase,
  clock: Clock,
  known: { readonly records: readonly FormerRecord[]; readonly people: readonly RegisteredPerson[] },
  ownKey?: SystemKey,
): Promise<NationalStandIns> {
  const { db, lgCode } = office;
  noteNumbers([...known.records, ...known.people].map(({ individualNumber }) => individualNumber));
  const folder = await mkdtemp(join(tmpdir(), 'sesshu-national-'));
  const officeKey = ownKey ?? (await openSystemKey(join(folder, 'office')));
  const offices = new Map([[lgCode as string, officeKey.publicText]]);
  const log = createLog('test', 'silent');
  const common = { clock, log, offices };
  const intermediate = await openIntermediateServer({
    ...common,
    home: join(folder, 'intermediate'),
    records: known.records,
  });
  const network = await openResidentNetwork({
    ...common,
    home: join(folder, 'network'),
    people: known.people,
    onLinkCode: (...given) => intermediate.desk.giveCode(...given),
  });
  const actor = await asOperator(db, lgCode, { osUser: 'test', as: null, reason: null });
  await connectNational({ db, actor, clock }, 'intermediate', intermediate);
  await connectNational({ db, actor, clock }, 'residentNetwork', network);
  return {
    intermediate,
    network,
    officeKey,
    context: { db, clock, keyWrapper: testKeyWrapper, key: officeKey },
    async close() {
      await network.close();
      await intermediate.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
