import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connectNational } from '#addressees/numbers';
import { asOperator } from '#common-base/access';
import type { DemonstrationPaths } from '#counterparties/demo-municipality';
import { openIntermediateServer, readFormerRecords } from '#counterparties/intermediate-server';
import { openResidentNetwork, readRegisteredPeople } from '#counterparties/resident-network';
import type { LgCode } from '#kernel';
import { openSystemKey } from '#platform/exchange';
import type { OfficeProcess } from './keep-running.ts';

/** Where the demonstration's stand-ins of national systems have their keys and what they know: a home of their own. */
function folderOf(home: string): string {
  return join(home, 'national-stand-in');
}

/** The municipality that asks the demonstration's office about somebody who left it. */
const asksBack = '141003';

const names = { formerRecords: 'former-records.csv', residentNetwork: 'resident-network.csv' } as const;

/** Hands the stand-ins what other municipalities and the national register know of the demonstration's people. */
export async function keepNationalFiles(home: string, paths: DemonstrationPaths): Promise<void> {
  await mkdir(folderOf(home), { recursive: true, mode: 0o700 });
  for (const feed of ['formerRecords', 'residentNetwork'] as const) {
    await copyFile(paths[feed], join(folderOf(home), names[feed]));
  }
}

/**
 * Opens the stand-ins of 中間サーバー and 住基ネット beside the demonstration, in this process but on ports and with keys of
 * their own, and makes them known to the office. Answers how they are closed.
 */
export async function openNationalBeside(office: OfficeProcess, lgCode: LgCode): Promise<() => Promise<void>> {
  try {
    return await openBoth(office, lgCode);
  } catch (error) {
    office.log.error({ err: error }, 'the stand-ins of national systems could not be opened');
    office.say('中間サーバーと住基ネットの代役は開けませんでした。事務所はこのまま使えます。');
    return () => Promise.resolve();
  }
}

async function openBoth(office: OfficeProcess, lgCode: LgCode): Promise<() => Promise<void>> {
  const { installation, around, log } = office;
  const { db, home } = installation;
  const folder = folderOf(home);
  const { publicText } = await openSystemKey(home);
  const common = { clock: around.clock, log, offices: new Map([[lgCode as string, publicText]]) };
  const intermediate = await openIntermediateServer({
    ...common,
    home: join(folder, 'intermediate-server'),
    records: readFormerRecords(await readKept(folder, 'formerRecords')),
  });
  const network = await openResidentNetwork({
    ...common,
    home: join(folder, 'resident-network'),
    people: readRegisteredPeople(await readKept(folder, 'residentNetwork')),
    onLinkCode: (...given) => {
      intermediate.desk.giveCode(...given);
      // One of the demonstration's people is asked about in turn, so that there is something to answer.
      const [code, ...more] = intermediate.desk.state.codes;
      if (code !== undefined && more.length === 0) intermediate.desk.ask(lgCode, code.integratedNumber, asksBack);
    },
  });
  const reason = 'デモンストレーションの準備';
  const actor = await asOperator(db, lgCode, { osUser: around.osUser, as: null, reason });
  const context = { db, actor, clock: around.clock };
  await connectNational(context, 'intermediate', intermediate);
  await connectNational(context, 'residentNetwork', network);
  office.say(`中間サーバーと住基ネットの代役（本物ではありません）: ${intermediate.origin} ${network.origin}`);
  return async () => {
    await network.close();
    await intermediate.close();
  };
}

/** What was kept; a demonstration that was made before there was any knows nobody. */
async function readKept(folder: string, feed: keyof typeof names): Promise<string> {
  try {
    return await readFile(join(folder, names[feed]), 'utf8');
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return '';
    throw error;
  }
}
