import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import pg from 'pg';
import { type ClinicApp, createClinicApp, ensureClinicStaff } from '#apps/clinic-web';
import { takeMasters, takeTickets } from '#clinic/tickets';
import type { DemonstrationAccount } from '#common-base/access';
import { registerMunicipality } from '#common-base/municipalities';
import { type LgCode, luhnCheckDigit } from '#kernel';
import { ledgerClinicVersion, wordOfReference } from '#messages';
import type { Clock } from '#platform/clock';
import { openSystemKey } from '#platform/exchange';
import { listen } from '#platform/http';
import { chooseKeyWrapper, makeWrappingKeyFile } from '#platform/keys';
import {
  type Database,
  getOwnerUrl,
  type Installation,
  openInstallation,
  upgradeDatabase,
  withClient,
  withMunicipality,
} from '#platform/postgres';
import type { Bench, Figure } from './bench.ts';
import type { Stage } from './stage.ts';

const root = join(import.meta.dirname, '..');
const clinics = 50;
const warmUp = 500;

/** Registrations through the clinics' web with every check, and the same statements sent without it. */
const bench: Bench = {
  title: '医療機関ウェブ: 50の医療機関からの接種の記録 (HTTP、確認つき)',
  async run(stage) {
    const count = stage.isLarge ? 20_000 : 4000;
    const installation = await openInstallation({
      home: join(stage.folder, 'clinic'),
      env: {},
      log: stage.log,
      mayCreate: true,
    });
    try {
      return await measure(stage, installation, count);
    } finally {
      await installation.close();
    }
  },
};
export default bench;

async function measure(stage: Stage, installation: Installation, count: number): Promise<readonly Figure[]> {
  const { db, home } = installation;
  stage.tell(`医療機関 ${clinics}、予診票 ${count + warmUp} 枚を用意しています`);
  await upgradeDatabase(db, 'clinic');
  const { lgCode } = await registerMunicipality(db, join(root, 'settings/wakabadai'));
  const codes = Array.from({ length: clinics }, (_, i) => `13${String(i).padStart(8, '0')}`);
  const accounts = await ensureClinicStaff(db, { lgCode, isDemonstration: true }, codes);
  const openings = await makeOpenings(db, lgCode, codes, count + warmUp);
  await makeWrappingKeyFile(home);
  const app = await createClinicApp({
    ...{
      db,
      clock: clockFrom('2026-11-24T10:00:00+09:00'),
      log: stage.log,
      home,
      isHttps: false,
      trustProxy: false,
      monitorToken: null,
    },
    keyWrapper: chooseKeyWrapper(home, {}),
    systemKey: await openSystemKey(home),
    rulesFolder: join(root, 'rules'),
    assetsDir: join(root, 'dist/assets'),
    version: 'bench',
  });
  const { web, transactions } = await recordAll(stage, app, { lgCode, accounts, openings });
  const kept = await countRecords(db, lgCode);
  if (kept !== count + warmUp) throw new Error(`${kept} of ${count + warmUp} records are there`);
  stage.tell('同じ文をそのまま送っています');
  await forgetRecords(db);
  const rawSeconds = await sendAgain(db, transactions);
  const data = `${count} 件、${clinics} 接続、${(transactions.flat().length / count).toFixed(1)} 文/件`;
  const perSecond = count / web.seconds;
  return [
    { what: '接種の記録', data, value: perSecond, unit: '件/秒', aim: { atLeast: 500 } },
    { what: '接種の記録 (p95)', data, value: web.p95Ms, unit: 'ミリ秒' },
    { what: '同じ文をそのまま送る', data, value: count / rawSeconds, unit: '件/秒' },
    {
      what: 'そのまま送る場合に対する割合',
      data,
      value: (perSecond * rawSeconds) / count,
      unit: '倍',
      aim: { atLeast: 0.3 },
    },
  ];
}

/** Records everything through the web; the statements of all but the first are noted. */
async function recordAll(
  stage: Stage,
  app: ClinicApp,
  given: { lgCode: LgCode; accounts: readonly DemonstrationAccount[]; openings: readonly Opening[] },
) {
  const { lgCode, accounts, openings } = given;
  await using closing = new AsyncDisposableStack();
  closing.defer(() => app.close(1000));
  const origin = await listen(app.server, { host: '127.0.0.1', port: 0 });
  const signIns = accounts.slice(0, clinics).map(({ accountName, password }) => ({ accountName, password }));
  const load = await openLoad({ origin, lgCode, signIns });
  closing.defer(() => load.close());
  stage.tell('記録しています');
  await load.record(openings.slice(0, warmUp));
  const recorder = recordStatements();
  closing.defer(() => {
    recorder.stop();
  });
  const web = await load.record(openings.slice(warmUp));
  return { web, transactions: recorder.stop() };
}

/** Forms of as many people, each opened by one of the clinics. */
async function makeOpenings(db: Database, lgCode: LgCode, codes: readonly string[], count: number) {
  const people = Array.from({ length: count }, (_, i) => ({
    patientRef: randomUUID(),
    formNumber: `${10_000_000_001 + i}${luhnCheckDigit(String(10_000_000_001 + i))}`,
  }));
  const frame = { version: ledgerClinicVersion, lgCode } as const;
  await withMunicipality(db, lgCode, async (tx) => {
    const institutions = codes.map((institutionCode) => ({
      institutionCode,
      name: institutionCode,
      contracts: [{ from: null, to: null, programmes: null }],
    }));
    await takeMasters(tx, { ...frame, version: 2, kind: 'masters', institutions, packages: [], lots: [], recalls: [] });
    await takeTickets(tx, {
      ...{ ...frame, kind: 'tickets', sequence: 1, forgotten: [] },
      patients: people.map(({ patientRef }) => ({
        patientRef,
        name: '青田　陽菜',
        bornOn: '1950-01-15',
        sex: 'female',
        doses: [],
        facts: [],
      })),
      tickets: people.map(({ patientRef, formNumber }) => {
        return {
          formNumber,
          state: 'usable',
          patientRef,
          programme: 'influenza-older',
          stage: 'seasonal',
          doseNumber: 1,
          validUntil: null,
        };
      }),
    });
  });
  return await withMunicipality(db, lgCode, async (tx) => {
    const drawn = people.map(({ formNumber }, i) => ({
      openingId: randomUUID(),
      formNumber,
      code: codes[i % codes.length] ?? '',
    }));
    await tx.client.query(
      `INSERT INTO ticket_openings (lg_code, opening_id, form_number, institution_code, staff_id, opened_at, expires_at)
       SELECT $1, o."openingId", o."formNumber", o.code, s.staff_id, now(), 'infinity'
         FROM jsonb_to_recordset($2::jsonb) AS o ("openingId" uuid, "formNumber" text, code text)
         JOIN staff_members s ON s.lg_code = $1 AND s.department = o.code`,
      [lgCode, JSON.stringify(drawn)],
    );
    return drawn.map(({ openingId }) => ({
      path: `/tickets/${wordOfReference(openingId)}/record`,
      recordId: wordOfReference(randomUUID()),
    }));
  });
}

/** A clock that begins within the season and goes on. */
function clockFrom(instant: string): Clock {
  const shift = new Date(instant).getTime() - Date.now();
  return { now: () => new Date(Date.now() + shift) };
}

interface Load {
  /** Sends every record once, each connection one after the other. */
  record(openings: readonly Opening[]): Promise<{ readonly seconds: number; readonly p95Ms: number }>;
  close(): Promise<void>;
}

/** One form in hand and the number of the record to be made. */
export interface Opening {
  readonly path: string;
  readonly recordId: string;
}

/** What the process that stands for the clinics is told. */
export interface LoadOrder {
  readonly origin: string;
  readonly lgCode: string;
  readonly signIns: readonly { readonly accountName: string; readonly password: string }[];
}

/** How long the records took, or what went wrong. */
export type LoadAnswer = { readonly seconds: number; readonly p95Ms: number } | { readonly trouble: string };

/** The clinics in a process of their own, so that the server does not wait for those who ask. */
async function openLoad(order: LoadOrder): Promise<Load> {
  const child = fork(join(import.meta.dirname, 'clinic-load.ts'));
  const ask = async (message: LoadOrder | readonly Opening[]) => {
    const answered = once(child, 'message') as Promise<[LoadAnswer]>;
    child.send(message);
    const [answer] = await answered;
    if ('trouble' in answer) throw new Error(answer.trouble);
    return answer;
  };
  await ask(order);
  return {
    record: ask,
    close() {
      child.disconnect();
      return Promise.resolve();
    },
  };
}

type Statement = string | pg.QueryConfig;

/** Notes every statement of every transaction that is committed, as it was sent. */
function recordStatements(): { stop(): Statement[][] } {
  const original = Reflect.get(pg.Client.prototype, 'query') as (...args: unknown[]) => unknown;
  const open = new WeakMap<pg.Client, Statement[]>();
  const committed: Statement[][] = [];
  function noted(this: pg.Client, ...args: unknown[]): unknown {
    const [query, values] = args;
    const isText = typeof query === 'string';
    const statement: Statement = isText
      ? Array.isArray(values)
        ? { text: query, values }
        : query
      : { ...(query as pg.QueryConfig) };
    const text = isText ? query : '';
    if (text.startsWith('BEGIN')) open.set(this, []);
    open.get(this)?.push(statement);
    if (text === 'COMMIT') {
      const statements = open.get(this) ?? [];
      // The keeper of the log seals beside them: its work is nobody's registration.
      if (!statements.some((each) => textOf(each).includes('audit_seals'))) committed.push(statements);
      open.delete(this);
    }
    return Reflect.apply(original, this, args);
  }
  Reflect.set(pg.Client.prototype, 'query', noted);
  return {
    stop() {
      Reflect.set(pg.Client.prototype, 'query', original);
      return committed;
    },
  };
}

function textOf(statement: Statement): string {
  return typeof statement === 'string' ? statement : statement.text;
}

/** Sends the transactions again on as many connections as the server had, without the server. */
async function sendAgain(db: Database, transactions: readonly Statement[][]): Promise<number> {
  let next = 0;
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      const client = await db.app.connect();
      try {
        for (let statements = transactions[next++]; statements !== undefined; statements = transactions[next++]) {
          for (const statement of statements) await client.query(statement as string);
        }
      } finally {
        client.release();
      }
    }),
  );
  return (performance.now() - startedAt) / 1000;
}

/** Takes the records and their acts away, so that the same can be written again. */
async function forgetRecords(db: Database): Promise<void> {
  await withClient(getOwnerUrl(db), (client) =>
    client.query(
      'TRUNCATE ticket_uses, undelivered_records, clinic_records, audit_unsealed, audit_acts, audit_sealed_acts',
    ),
  );
}

async function countRecords(db: Database, lgCode: LgCode): Promise<number> {
  return await withMunicipality(db, lgCode, async (tx) => {
    const { rows } = await tx.client.query<{ count: number }>('SELECT count(*) AS count FROM clinic_records');
    return rows[0]?.count ?? 0;
  });
}
