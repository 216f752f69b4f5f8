import { type ActionContext, asOperator, NotPermitted, recordRefusal } from '#common-base/access';
import { listMunicipalities, openRuleBook } from '#common-base/municipalities';
import { type Day, findIsoDay, isLocalGovernmentCode, type LgCode } from '#kernel';
import { todayInTokyo } from '#platform/clock';
import { chooseKeyWrapper, type KeyWrapper } from '#platform/keys';
import { createLog, type Log } from '#platform/log';
import {
  getSystem,
  type Installation,
  openInstallation,
  requireCurrentSchema,
  type SystemName,
  upgradeDatabase,
} from '#platform/postgres';
import type { RuleSet } from '#schedule';
import { type Call, type Surroundings, WrongUse } from './command.ts';
import { rulesFolder } from './rules-folder.ts';
import { findOption } from './run-command.ts';

/** What a command of one municipality works with. */
export interface Office {
  readonly installation: Installation;
  readonly lgCode: LgCode;
  /** Who acts and with what; progress goes to standard error. */
  readonly context: ActionContext;
  readonly asOf: Day;
  readonly log: Log;
  /** Whoever holds the wrapping key of the vault; nothing is read before it is asked. */
  readonly keyWrapper: KeyWrapper;
}

/** Opens the installation for one command and closes it whatever happens; `any` takes that of each separate system. */
export async function withInstallation<T>(
  around: Surroundings,
  work: (installation: Installation, log: Log) => Promise<T>,
  mayCreate = false,
  expected: SystemName | 'any' = 'core',
): Promise<T> {
  const log = createLog('cli', around.environment['SESSHU_LOG_LEVEL'] ?? 'warn');
  const installation = await openInstallation({ home: around.home, env: around.environment, log, mayCreate });
  try {
    // The embedded database belongs to this program alone; the operator's own is brought forward by `init` only,
    // which says itself what it did.
    if (!mayCreate) {
      const system = expected === 'any' ? await getSystem(installation.db) : expected;
      if (installation.isEmbedded) await upgradeDatabase(installation.db, system);
      else await requireCurrentSchema(installation.db, system);
    }
    return await work(installation, log);
  } finally {
    await installation.close();
  }
}

/** Opens the office of `--municipality` as `--as` or the operating system's user; a refusal leaves its row. */
export async function withOffice<T>(
  call: Call,
  around: Surroundings,
  work: (office: Office) => Promise<T>,
  system: SystemName = 'core',
): Promise<T> {
  // A wrong day is told before a server is started.
  readDay(call, around);
  const inside = async (installation: Installation, log: Log): Promise<T> => {
    const lgCode = await chooseMunicipality(call, installation);
    return await inOffice(await openOfficeOf(call, around, { installation, log }, lgCode), work);
  };
  return withInstallation(around, inside, false, system);
}

/** Work in an office; a refusal leaves its row. */
export async function inOffice<T>(office: Office, work: (office: Office) => Promise<T>): Promise<T> {
  try {
    return await work(office);
  } catch (error) {
    const { db, actor } = office.context;
    if (error instanceof NotPermitted) await recordRefusal(db, actor, error, 'cli');
    throw error;
  }
}

/** The office of one municipality of an open installation, for whoever runs the command. */
export async function openOfficeOf(
  call: Call,
  around: Surroundings,
  { installation, log }: Pick<Office, 'installation' | 'log'>,
  lgCode: LgCode,
): Promise<Office> {
  const asOf = readDay(call, around);
  const { db } = installation;
  const actor = await asOperator(db, lgCode, {
    osUser: around.osUser,
    as: findOption(call, 'as') ?? null,
    reason: findOption(call, 'reason') ?? null,
  });
  const onProgress = progressOn(around.messages);
  return {
    installation,
    lgCode,
    context: { db, actor, clock: around.clock, log, onProgress },
    asOf,
    log,
    keyWrapper: chooseKeyWrapper(around.home, around.environment),
  };
}

/** The rules as the office's municipality has them, its own seasons included. */
export async function loadOfficeRules(office: Office): Promise<RuleSet> {
  const { db, clock, actor } = office.context;
  const book = await openRuleBook(db, rulesFolder, () => clock.now().getTime(), actor.staffName);
  return book.rulesOf(office.lgCode);
}

async function chooseMunicipality(call: Call, installation: Installation): Promise<LgCode> {
  const wanted = findOption(call, 'municipality');
  const known = await listMunicipalities(installation.db);
  if (known.length === 0)
    throw new WrongUse('自治体がまだありません。先に sesshu init --settings DIR を実行してください。');
  if (wanted === undefined && known.length === 1 && known[0] !== undefined) return known[0].lgCode;
  const list = known.map(({ lgCode, name }) => `${lgCode} ${name}`).join('、');
  if (wanted === undefined) throw new WrongUse(`--municipality で自治体を選んでください (${list})。`);
  if (!isLocalGovernmentCode(wanted)) throw new WrongUse(`${wanted} は全国地方公共団体コードではありません。`);
  const found = known.find(({ lgCode }) => lgCode === wanted);
  if (found === undefined) throw new WrongUse(`自治体 ${wanted} は登録されていません (${list})。`);
  return found.lgCode;
}

/** The day of `--as-of`, today in Tokyo where it was not given. */
export function readDay(call: Call, around: Surroundings): Day {
  const text = findOption(call, 'as-of');
  if (text === undefined) return todayInTokyo(around.clock);
  const day = findIsoDay(text);
  if (day === undefined) throw new WrongUse(`--as-of は 2026-11-21 の形で書いてください (${text} は読めません)。`);
  return day;
}

/** Shows progress at most four times a second; on a terminal one line that is written over. */
export function progressOn(messages: NodeJS.WritableStream): (done: number, total: number | null) => void {
  let shownAt = 0;
  return (done, total) => {
    const at = performance.now();
    if (at - shownAt < 250) return;
    shownAt = at;
    const share = total === null || total === 0 ? '' : ` / ${total} (${Math.floor((done / total) * 100)}%)`;
    const isTerminal = (messages as { isTTY?: boolean }).isTTY === true;
    // The next line is written over it, whoever writes it.
    messages.write(isTerminal ? `処理中 ${done}${share}\u001B[K\r` : `処理中 ${done}${share}\n`);
  };
}
