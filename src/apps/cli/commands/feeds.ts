import { importIndividualNumbers, sealFeedDigest, type VaultContext } from '#addressees/numbers';
import { importResidents, importWelfare } from '#addressees/persons';
import { type FeedSource, fileSource, type ImportResult, withoutNumbersInWords } from '#common-base/linkage';
import { importPersonnel } from '#common-base/oversight';
import { importInstitutions } from '#ledger/contracts';
import { loadCouponHolders } from '#ledger/forms';
import { importReservations } from '#ledger/reservations';
import { type HistoryResult, importHistory } from '#ledger/vaccinations';
import { type Call, type Command, type CommandAnswer, WrongUse } from '../command.ts';
import { type Office, withOffice } from '../open-office.ts';
import { explainRefusedRows, findRunOf, writeRefusedRecords, writeReport } from '../refused-rows.ts';
import { findOption, getWord } from '../run-command.ts';
import { refuseUnwritable } from '../written-file.ts';

type Feed = (office: Office, source: FeedSource, call: Call) => Promise<ImportResult>;

const feedOptions = { layout: 'text', 'as-of': 'text', report: 'text', 'strike-numbers': 'flag' } as const;

/** How a room that keeps no plain digest of its files seals one. */
type Seal = (office: Office, digest: string) => Promise<string>;

function feedCommand(name: string, summary: string, options: Command['options'], run: Feed, seal?: Seal): Command {
  return {
    path: `import ${name}`,
    usage: 'FILE',
    summary,
    options: { ...feedOptions, ...options },
    run: (call, around) =>
      withOffice(call, around, async (office) => {
        const file = await fileSource(getWord(call, 0, '取り込むファイル'));
        // A feed's usual layout has its name.
        const { source, notes } = await sourceOf(call, office, file, name);
        const report = findOption(call, 'report');
        if (report !== undefined) await refuseUnwritable('report', report);
        const refused = findOption(call, 'refused');
        if (refused !== undefined) await refuseUnwritable('refused', refused);
        const result = await run(office, source, call);
        const sealDigest = seal === undefined ? undefined : (digest: string) => seal(office, digest);
        const runId = await findRunOf(office, source, sealDigest);
        if (report !== undefined && runId !== undefined) await writeReport(office, runId, report);
        if (refused !== undefined && runId !== undefined) {
          const { layoutName = name } = layoutOf(call);
          await writeRefusedRecords(office, source, { runId, layoutName }, refused);
        }
        return answerOf(call, result, [...notes, ...(await explainRefusedRows(office, source, runId, result.refused))]);
      }),
  };
}

/** The feeds of other systems: residents, numbers, welfare flags, institutions, the legacy ledger. */
export const feedCommands: readonly Command[] = [
  feedCommand(
    'residents',
    '住民情報を取り込む（全件、または --changes で異動分）',
    { changes: 'flag' },
    (office, source, call) =>
      importResidents(office.context, source, {
        ...layoutOf(call),
        isChanges: call.options['changes'] === true,
        asOf: office.asOf,
      }),
  ),
  feedCommand(
    'individual-numbers',
    '個人番号を金庫に取り込む（暗号化され、ファイルは残らない）',
    {},
    (office, source, call) => importIndividualNumbers(vaultContextOf(office), source, layoutOf(call)),
    (office, digest) => sealFeedDigest(vaultContextOf(office), digest),
  ),
  feedCommand('welfare', '生活保護・障害・課税区分の旗を取り込む', {}, (office, source, call) =>
    importWelfare(office.context, source, { ...layoutOf(call), asOf: office.asOf }),
  ),
  feedCommand('personnel', '人事異動を取り込み、去る職員・移る職員のアカウントを止める', {}, (office, source, call) =>
    importPersonnel(office.context, source, { ...layoutOf(call), asOf: office.asOf }),
  ),
  feedCommand('institutions', '契約医療機関を取り込む', {}, (office, source, call) =>
    importInstitutions(office.context, source, layoutOf(call)),
  ),
  feedCommand('reservations', '接種の予約の一覧を取り込む', {}, (office, source, call) =>
    importReservations(office.context, source, { kind: 'reservation', ...layoutOf(call) }),
  ),
  feedCommand('priority-wishes', '優先接種希望者の一覧を取り込む', {}, (office, source, call) =>
    importReservations(office.context, source, { kind: 'priority', ...layoutOf(call) }),
  ),
  feedCommand(
    'history',
    '前の台帳の接種記録を取り込む（大きなファイルは区切りごとに。途中で止まっても同じ命令で続きから）',
    { part: 'text', refused: 'text' },
    (office, source, call) =>
      importHistory(office.context, source, {
        ...layoutOf(call),
        ...partOf(call),
        asOf: office.asOf,
        couponHolders: loadCouponHolders,
      }),
  ),
];

/** The office's context with whoever holds the wrapping key. */
export function vaultContextOf({ context, keyWrapper }: Office): VaultContext {
  return { ...context, keyWrapper };
}

/** The layout of `--layout`, if one was named. */
export function layoutOf(call: Call): { layoutName?: string } {
  const layoutName = findOption(call, 'layout');
  return layoutName === undefined ? {} : { layoutName };
}

/** The file as it is taken in: with `--strike-numbers` without what may be a 個人番号 in its words, and what to say of it. */
export async function sourceOf(
  call: Call,
  { context }: Office,
  file: FeedSource,
  usualLayout: string,
): Promise<{ readonly source: FeedSource; readonly notes: readonly string[] }> {
  if (call.options['strike-numbers'] !== true) return { source: file, notes: [] };
  const { source, rows } = await withoutNumbersInWords(context, file, findOption(call, 'layout') ?? usualLayout);
  return { source, notes: rows === 0 ? [] : [`${rows}行の備考の番号を * に変えて受け取りました。`] };
}

/** How many rows `--part` makes one transaction. */
function partOf(call: Call): { rowsPerPart?: number } {
  const text = findOption(call, 'part');
  if (text === undefined) return {};
  if (!/^[1-9]\d{0,7}$/u.test(text)) throw new WrongUse('--part は1以上の行数を数字で指定してください。');
  return { rowsPerPart: Number(text) };
}

/** The balance of a history stands in the document only beside an option that other programs did not know. */
function answerOf(call: Call, result: ImportResult & Partial<HistoryResult>, notes: readonly string[]): CommandAnswer {
  const { rows, accepted, questioned, refused, unmappedCharacters, entered = null, alreadyInLedger = null } = result;
  const seconds = Math.round(result.seconds * 1000) / 1000;
  const lines = [
    `${rows}件: 受け入れ ${accepted}、要確認 ${questioned}、断り ${refused}、置き換えのない文字 ${unmappedCharacters}（${seconds.toFixed(1)}秒）`,
    ...(entered === null
      ? []
      : [`読んだ ${rows} ＝ 台帳に入れた ${entered} ＋ すでに台帳にあった ${alreadyInLedger} ＋ 断った ${refused}`]),
  ];
  const repeated = result.repeated === true ? [repeatedFeed] : [];
  return {
    exitCode: refused > 0 ? 1 : 0,
    json: {
      rows,
      accepted,
      questioned,
      refused,
      unmappedCharacters,
      seconds,
      ...(entered !== null && hasNewOption(call) && { entered, alreadyInLedger }),
      ...(result.repeated && { repeated: true }),
    },
    lines,
    notes: [...notes, ...repeated],
  };
}

function hasNewOption(call: Call): boolean {
  return findOption(call, 'part') !== undefined || findOption(call, 'report') !== undefined;
}

const repeatedFeed = '同じファイルは取り込み済みです。前回の結果を示しました。何も書いていません。';
