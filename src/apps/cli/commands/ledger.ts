import { findPersonIdByAddresseeNumber, getPerson, listHousehold } from '#addressees/persons';
import { requirePermission } from '#common-base/access';
import { readCheckpointCopy, recordAct } from '#common-base/audit';
import { NotFound } from '#kernel';
import { judgePerson, runForecast, verifyLedger } from '#ledger/vaccinations';
import { explainFinding, loadFindingsTables } from '#platform/findings';
import { withMunicipality } from '#platform/postgres';
import type { Command } from '../command.ts';
import { loadOfficeRules, withOffice } from '../open-office.ts';
import { formatPersonAnswer, type PersonFound } from '../person-answer.ts';
import { personLines } from '../person-lines.ts';
import { findOption, getOption, getWord } from '../run-command.ts';

/** One person's ledger, the whole population's forecast, the proof of the ledger. */
export const ledgerCommands: readonly Command[] = [
  {
    path: 'person',
    usage: 'NUMBER --reason TEXT',
    summary: '一人の台帳を、職員が見るとおりに示す',
    options: { 'as-of': 'text' },
    run: (call, around) =>
      withOffice(call, around, async (office) => {
        getOption(call, 'reason');
        const number = getWord(call, 0, '宛名番号');
        const rules = await loadOfficeRules(office);
        const { db, actor } = office.context;
        requirePermission(actor, 'vaccinations.view');
        const found = await withMunicipality(db, office.lgCode, async (tx): Promise<PersonFound> => {
          const personId = await findPersonIdByAddresseeNumber(tx, number);
          if (personId === undefined) throw new NotFound(`宛名番号 ${number} の人はいません。`);
          const page = await getPerson(tx, actor, personId, office.asOf);
          const household = await listHousehold(tx, actor, personId, office.asOf);
          const ledger = await judgePerson(tx, rules, personId, office.asOf);
          await recordAct(tx, actor, { act: 'vaccinations.viewed', personIds: [personId] });
          return { page, household, ledger, asOf: office.asOf };
        });
        const tables = await loadFindingsTables();
        const json = formatPersonAnswer(found, (each) => explainFinding(tables, each).message);
        return { exitCode: 0, json, lines: personLines(found, rules) };
      }),
  },
  {
    path: 'forecast',
    usage: '--as-of DAY',
    summary: '全員の接種予定を計算し直す',
    options: { 'as-of': 'text' },
    run: (call, around) =>
      withOffice(call, around, async (office) => {
        const json = await runForecast(office.context, { rules: await loadOfficeRules(office), asOf: office.asOf });
        const rate = Math.round(json.peoplePerSecond);
        const lines = [
          `${json.people}人: 期限内 ${json.due}、期限超過 ${json.overdue}（${json.seconds.toFixed(1)}秒、毎秒 ${rate}人）`,
        ];
        return { exitCode: 0, json, lines };
      }),
  },
  {
    path: 'ledger verify',
    usage: '[--checkpoint FILE]',
    summary: '台帳を記録から計算し直して比べ、監査ログの鎖を確かめる（FILE: 別の機械に取った確認点の控え）',
    options: { checkpoint: 'text' },
    run: (call, around) =>
      withOffice(call, around, async (office) => {
        requirePermission(office.context.actor, 'ledger.verify');
        const { db, actor } = office.context;
        const file = findOption(call, 'checkpoint');
        const copy = file === undefined ? {} : { copy: await readCheckpointCopy(file, office.lgCode) };
        const { checkpoints, ...json } = await verifyLedger(db, office.lgCode, { home: around.home, ...copy });
        const isSound = json.differences === 0 && json.chain === 'ok';
        const { entries, differences, auditRows } = json;
        const details = { entries, differences, auditRows, checkpoints, isChainSound: json.chain === 'ok' };
        await withMunicipality(db, office.lgCode, (tx) =>
          recordAct(tx, actor, { act: 'vaccinations.verified', details }),
        );
        const chain = json.chain === 'ok' ? 'ok' : JSON.stringify(json.chain);
        const lines = [
          `記録 ${json.entries}件、${json.people}人、差 ${json.differences}件。監査ログ ${json.auditRows}行、鎖 ${chain}`,
        ];
        const notes = checkpoints === 0 && auditRows > 0 ? [noCheckpoint] : [];
        return { exitCode: isSound ? 0 : 1, json, lines, notes };
      }),
  },
];

const noCheckpoint =
  '署名された確認点が見つかりません。監査ログの末尾が切り取られていないことは、確かめられていません。確認点の控え（checkpoints フォルダー）と見比べてください。';
