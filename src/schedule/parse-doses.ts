import { findInterval, findStandardInterval, type Interval, type StandardInterval } from './interval-expression.ts';
import { keep } from './parse-programmes.ts';
import { cell, failRow, oneOf, period, type RuleRow, readTable, required, words } from './read-table.ts';
import {
  checkNoOverlap,
  conditionsOf,
  dayOf,
  type ProgrammeDraft,
  productBit,
  productBits,
  programmeOf,
  type RuleDrafts,
  stagePlaces,
  traceOf,
} from './rule-drafts.ts';
import type { Branch, DoseRule } from './rule-set.ts';

type Files = ReadonlyMap<string, string>;
type Draft<T> = { -readonly [K in keyof T]: T[K] };
type BranchDraft = Omit<Draft<Branch>, 'stages' | 'offered'> & { stages: DoseRule[][][]; offered: number[] };

const span = ['vaccinated_from', 'vaccinated_to'] as const;

/** Reads `branches.csv` and `doses.csv`: the ways through each programme, and what the law asks of each dose. */
export function parseBranches(files: Files, drafts: RuleDrafts): ReadonlyMap<string, readonly Branch[]> {
  const branches = new Map([...drafts.programmes.keys()].map((programme) => [programme, [] as BranchDraft[]]));
  readBranches(files, drafts, branches);
  readDoses(files, drafts, branches);
  for (const [programme, list] of branches) {
    const draft = drafts.programmes.get(programme);
    if (list.length === 0 && draft !== undefined) failRow(draft.row, `branches.csv に ${programme} の行がありません。`);
    for (const branch of list) finishBranch(draft, branch);
  }
  return branches;
}

function readBranches(files: Files, drafts: RuleDrafts, branches: Map<string, BranchDraft[]>): void {
  const columns = ['programme', 'branch', 'begins_with', 'first_from', 'first_to', 'born_from', 'born_to', ...span];
  for (const row of keep(drafts, readTable(files, 'branches.csv', columns)).rows) {
    const draft = programmeOf(drafts, row);
    const name = required(row, 'branch');
    branches.get(draft.programme)?.push({
      branch: name,
      trace: traceOf(drafts, row, `${draft.programme}/${name}`),
      beginsWith: words(row, 'begins_with').map((product) => productBit(draft, row, product)),
      firstFrom: dayOf(drafts, row, 'first_from'),
      firstTo: dayOf(drafts, row, 'first_to'),
      born: period(row, 'born_from', 'born_to'),
      inForce: period(row, ...span),
      stages: draft.stages.map(() => []),
      offered: draft.stages.map(() => 0),
      hasOmissions: false,
      products: -1,
    });
  }
}

function readDoses(files: Files, drafts: RuleDrafts, branches: Map<string, BranchDraft[]>): void {
  const columns = ['id', 'programme', 'branch', 'stage', 'dose', 'after', 'products', ...span, 'requires', 'minimum'];
  const limits = ['standard', 'not_before', 'not_after', 'omitted_if_previous_after', 'if_short', 'offered'];
  const table = keep(drafts, readTable(files, 'doses.csv', [...columns, ...limits]));
  const keys = table.rows.flatMap((row) => {
    const draft = programmeOf(drafts, row);
    const list = branches.get(draft.programme) ?? [];
    const rule = readDose(drafts, draft, row, list);
    const [place = 0] = stagePlaces(draft, row, 'stage');
    const dose = Number(required(row, 'dose'));
    return words(row, 'branch').map((name) => {
      const branch = findBranch(list, row, name);
      const doses = branch.stages[place];
      if (doses === undefined || !Number.isInteger(dose) || dose < 1 || dose > doses.length + 1) {
        return failRow(row, `dose は 1 から順に書いてください(${name} ${dose})。`);
      }
      if (dose === 1 && (rule.notAfter !== null || rule.omittedIfPreviousAfter !== null)) {
        failRow(
          row,
          '1回目に not_after と omitted_if_previous_after は書けません。最後の日は windows に書いてください。',
        );
      }
      checkOffered(row, rule, doses, dose);
      (doses[dose - 1] ??= []).push(rule);
      const key = ['stage', 'dose', 'after', 'products', 'requires'].map((column) => cell(row, column));
      return { row, key: [draft.programme, name, ...key].join('|'), inForce: rule.inForce };
    });
  });
  checkNoOverlap(keys);
}

function readDose(drafts: RuleDrafts, draft: ProgrammeDraft, row: RuleRow, branches: readonly Branch[]): DoseRule {
  const after = cell(row, 'after');
  const ifShort = cell(row, 'if_short');
  return {
    trace: traceOf(drafts, row, required(row, 'id')),
    products: productBits(draft, row, 'products'),
    inForce: period(row, ...span),
    after: after === '' ? null : oneOf<'complete' | 'cut'>(row, 'after', ['complete', 'cut']),
    isOffered: oneOf(row, 'offered', ['', 'no']) === '',
    requires: conditionsOf(drafts, draft, row, 'requires'),
    minimums: words(row, 'minimum').map((text) => intervalOf(row, text)),
    standard: standardOf(row),
    notBefore: dayOf(drafts, row, 'not_before'),
    notAfter: dayOf(drafts, row, 'not_after'),
    omittedIfPreviousAfter: dayOf(drafts, row, 'omitted_if_previous_after'),
    ifShort: ifShort.startsWith('branch:')
      ? findBranch(branches, row, ifShort.slice('branch:'.length))
      : ifShort === 'doesNotCount'
        ? 'doesNotCount'
        : ifShort === '' || ifShort === 'counts'
          ? 'counts'
          : failRow(row, `if_short の「${ifShort}」は counts、doesNotCount、branch:… のどれでもありません。`),
  };
}

/** A dose that is not offered stands last in its stage, and all its rows say so. */
function checkOffered(row: RuleRow, { isOffered }: DoseRule, doses: readonly DoseRule[][], dose: number): void {
  const others = [...(doses[dose - 1] ?? []), ...(isOffered ? (doses[dose - 2] ?? []) : [])];
  if (dose === 1 && !isOffered) failRow(row, '1回目は、案内しない回(offered が no)にできません。');
  if (others.every((other) => other.isOffered === isOffered)) return;
  failRow(row, '案内しない回(offered が no)は期の最後の回です。同じ回の行はそろえてください。');
}

/** Puts the most particular rows first and notes what the interpreter asks of a branch as a whole. */
function finishBranch(draft: ProgrammeDraft | undefined, branch: BranchDraft): void {
  let products = 0;
  let hasAny = false;
  for (const [place, doses] of branch.stages.entries()) {
    branch.offered[place] = doses.filter(([rule]) => rule?.isOffered === true).length;
    for (const rules of doses) {
      rules.sort((a, b) => particularity(b) - particularity(a));
      hasAny = true;
      for (const rule of rules) {
        products |= rule.products;
        if (rule.notAfter !== null || rule.omittedIfPreviousAfter !== null) branch.hasOmissions = true;
      }
    }
  }
  if (!hasAny && draft !== undefined)
    failRow(draft.row, `doses.csv に ${draft.programme} の「${branch.branch}」の行がありません。`);
  branch.products = products;
}

function particularity(rule: DoseRule): number {
  return (rule.requires.length > 0 ? 4 : 0) + (rule.after === null ? 0 : 2) + (rule.products === -1 ? 0 : 1);
}

function findBranch<T extends Branch>(branches: readonly T[], row: RuleRow, name: string): T {
  return branches.find((branch) => branch.branch === name) ?? failRow(row, `branches.csv に「${name}」がありません。`);
}

function intervalOf(row: RuleRow, text: string): Interval {
  return (
    findInterval(text) ??
    failRow(row, `minimum の「${text}」は間隔の書き方ではありません(27日、6月、2月半、139日@1回目)。`)
  );
}

function standardOf(row: RuleRow): StandardInterval | null {
  const text = cell(row, 'standard');
  if (text === '') return null;
  return (
    findStandardInterval(text) ??
    failRow(row, `standard の「${text}」は間隔の書き方ではありません(20日..56日、6月..)。`)
  );
}
