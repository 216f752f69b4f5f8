import type { Day } from '#kernel';
import { keep } from './parse-programmes.ts';
import { cell, failRow, period, type RuleRow, readTable, required, words } from './read-table.ts';
import type { RuleDrafts } from './rule-drafts.ts';
import type { ReactionPeriod, ReportableReaction } from './rule-set.ts';

const file = 'reportable-reactions.csv';
const columns = ['id', 'programme', 'symptom', 'symptom_name', 'within', 'vaccinated_from', 'vaccinated_to'];
const units = { 分: 'minute', 時間: 'hour', 日: 'day', 月: 'month', 年: 'year' } as const;

/** Reads the table; a set of rules from before there was one names no symptom. */
export function parseReportableReactions(
  files: ReadonlyMap<string, string>,
  drafts: RuleDrafts,
): readonly ReportableReaction[] {
  if (!files.has(file)) return [];
  const { rows } = keep(drafts, readTable(files, file, columns));
  const reactions = rows.map((row) => reactionOf(row, drafts));
  const ids = new Set<string>();
  for (const [place, { id }] of reactions.entries()) {
    const row = rows[place];
    if (ids.has(id) && row !== undefined) failRow(row, `id の「${id}」は前の行にもあります。`);
    ids.add(id);
  }
  return reactions;
}

/** What must be reported after a dose of a programme on a day, as the table lists it; a dose of none has no rows. */
export function listReportableReactions(
  reactions: readonly ReportableReaction[],
  asked: { readonly programme: string | null; readonly on: Day },
): readonly ReportableReaction[] {
  const { programme, on } = asked;
  if (programme === null) return [];
  return reactions.filter(
    ({ programmes, inForce }) =>
      on >= inForce.from && on <= inForce.to && (programmes === null || programmes.includes(programme)),
  );
}

/** A period as the table writes it, in the words of the office. */
export function reactionPeriodWords(text: string): string {
  if (text === '医師') return '関連性が高いと医師が認める期間';
  return text === '未確認' ? '原文で確かめていません' : text.replace(/月$/u, 'か月');
}

function reactionOf(row: RuleRow, drafts: RuleDrafts): ReportableReaction {
  const named = words(row, 'programme');
  if (named.length === 0) failRow(row, '列 programme が空です。すべての事業なら * と書きます。');
  const isEvery = named.length === 1 && named[0] === '*';
  const stranger = isEvery ? undefined : named.find((name) => !drafts.programmes.has(name));
  if (stranger !== undefined) failRow(row, `programmes.csv に「${stranger}」がありません。`);
  const withinText = required(row, 'within');
  return {
    id: required(row, 'id'),
    programmes: isEvery ? null : named,
    symptom: required(row, 'symptom'),
    name: required(row, 'symptom_name'),
    within: findPeriod(withinText) ?? failRow(row, `within の「${withinText}」は期間ではありません。`),
    withinText,
    inForce: period(row, 'vaccinated_from', 'vaccinated_to'),
    basis: cell(row, 'basis'),
    certainty: cell(row, 'certainty'),
  };
}

function findPeriod(text: string): ReactionPeriod | undefined {
  if (text === '医師') return { unit: 'physician' };
  if (text === '未確認') return { unit: 'unread' };
  const found = /^([1-9]\d*)(分|時間|日|月|年)$/u.exec(text);
  if (found === null) return undefined;
  return { unit: units[found[2] as keyof typeof units], count: Number(found[1]) };
}
