import { requirePermission } from '#common-base/access';
import { recordAct, recordPersonsTouched } from '#common-base/audit';
import {
  addFeedRunRows,
  type FeedRow,
  type FeedSource,
  type ImportResult,
  type Layout,
  loadLayout,
  nameFields,
  readAhead,
  readFeed,
  runFeed,
} from '#common-base/linkage';
import { answerOf, type Finding, finding, UnreadableInput } from '#kernel';
import { publish } from '#platform/outbox';
import type { Tx } from '#platform/postgres';
import { decideNumberChange, decideNumberRow } from './decide-number-row.ts';
import {
  changedPersonsSql,
  clearStagedNumbers,
  type Indexing,
  listNotedNumbers,
  markConflicts,
  type NotedNumber,
  type StagedNumber,
  stageNumbers,
  writeNumbers,
} from './feed-store.ts';
import { assignIntegratedNumbers } from './integrated-numbers.ts';
import { type NumberKeys, withNumberKeys } from './number-keys.ts';
import { askAboutPersons, askAboutStaged, type SingleQuestion } from './number-questions.ts';
import { findKnownNumbers } from './store.ts';
import type { KnownNumber, NumberRow, VaultContext } from './types.ts';
import { withSafeMessage, withSafeName } from './without-numbers.ts';

const notedPerPage = 2000;

/** So many chunks are read while the database works on one. */
const chunksAhead = 2;

/**
 * Takes in the individual numbers (番号連携) in one transaction with its audit act and its run. Every number is read in
 * memory, judged by its check digit, indexed and encrypted; nothing of it is written in the clear. An unchanged row is
 * skipped; a changed one is appended and holds from now on; a number of two people waits for a person. Of the file only
 * its counts and a keyed digest are kept, by which the same file again is known.
 */
export async function importIndividualNumbers(
  context: VaultContext,
  source: FeedSource,
  options: { readonly layoutName?: string } = {},
): Promise<ImportResult> {
  requirePermission(context.actor, 'numbers.import');
  const layoutName = options.layoutName ?? 'individual-numbers';
  const feed = { kind: 'individual-numbers', layoutName, role: 'vault' } as const;
  return withNumberKeys(context, (keys) => {
    const sealDigest = (digest: string): string => keys.sealDigest(digest);
    return runFeed(context, withSafeName(source), { ...feed, sealDigest }, async (tx, runId) => {
      const layout = await loadLayout(tx, layoutName);
      requireKeys(layout);
      // Imports of a municipality follow each other, and an exchange of keys begins only between two of them.
      const newest = await keys.renewed(tx, context.keyWrapper);
      const reader = new NumberReader(tx, runId, layout, newest);
      for await (const chunks of readAhead(readSafely(source, layout, tx), chunksAhead)) {
        await reader.take(chunks.flat());
        context.onProgress?.(reader.figures.rows, null);
      }
      const indexing = newest.isExchanging ? 'byEither' : 'byOneKey';
      reader.figures.questioned += await markConflicts(tx, runId, indexing);
      await listNoted(tx, runId, layout, indexing);
      const at = context.clock.now();
      await askAboutStaged(tx, runId, at);
      await askAboutPersons(tx, runId, reader.questions, at);
      const changed = await writeNumbers(tx, runId, at);
      await assignIntegratedNumbers(tx, { sql: changedPersonsSql, params: [tx.lgCode, runId] }, at);
      await recordImport(tx, context, runId, { ...reader.figures, changed });
      await clearStagedNumbers(tx, runId);
      const { rows, questioned, refused, unmappedCharacters } = reader.figures;
      return { rows, accepted: rows - questioned - refused, questioned, refused, unmappedCharacters };
    });
  });
}

async function* readSafely(source: FeedSource, layout: Layout, tx: Tx): AsyncGenerator<readonly FeedRow[]> {
  try {
    yield* readFeed(source, layout, { lgCode: tx.lgCode });
  } catch (error) {
    throw withSafeMessage(error);
  }
}

/** One number per person in a file is what conflicts are judged by: a layout must say so. */
function requireKeys(layout: Layout): void {
  const keys = new Set(layout.columns.map((column) => column.key));
  const isFit = keys.has('addresseeNumber') && keys.has('individualNumber');
  if (isFit && layout.uniqueKey.length === 1 && layout.uniqueKey[0] === 'addresseeNumber') return;
  throw new UnreadableInput(
    `レイアウト「${layout.title}」(${layout.name})は個人番号の取込に使えません。addresseeNumber と individualNumber の列と、uniqueKey: ["addresseeNumber"] が要ります。`,
  );
}

interface Figures {
  rows: number;
  questioned: number;
  refused: number;
  unmappedCharacters: number;
}

/** Judges, indexes and encrypts chunk after chunk; memory does not grow with the file. */
class NumberReader {
  readonly figures: Figures = { rows: 0, questioned: 0, refused: 0, unmappedCharacters: 0 };
  /** Questions about one person each, found while reading. */
  readonly questions: SingleQuestion[] = [];
  private readonly tx: Tx;
  private readonly runId: number;
  private readonly layout: Layout;
  private readonly keys: NumberKeys;

  constructor(tx: Tx, runId: number, layout: Layout, keys: NumberKeys) {
    this.tx = tx;
    this.runId = runId;
    this.layout = layout;
    this.keys = keys;
  }

  async take(rows: readonly FeedRow[]): Promise<void> {
    const numbers = rows.map((row) => row.fields['addresseeNumber'] ?? '');
    const known = await findKnownNumbers(this.tx, numbers);
    const staged: StagedNumber[] = [];
    const noted: { row: FeedRow; findings: readonly Finding[] }[] = [];
    for (const row of rows) {
      this.figures.rows += 1;
      this.figures.unmappedCharacters += row.unmappedCharacters;
      const person = known.get(row.fields['addresseeNumber'] ?? '');
      const judged = this.judge(row, person);
      const answer = answerOf(judged.findings);
      if (answer === 'refused') this.figures.refused += 1;
      if (answer === 'questioned') {
        this.figures.questioned += 1;
        this.ask(row, person, judged.findings);
      }
      if (answer === 'accepted' && judged.staged !== null) staged.push(judged.staged);
      else if (judged.findings.length > 0) noted.push({ row, findings: judged.findings });
    }
    await stageNumbers(this.tx, this.runId, staged);
    await addFeedRunRows(
      this.tx,
      this.runId,
      noted.map(({ row: { ordinal, line }, findings }) => ({ ordinal, line, answer: answerOf(findings), findings })),
    );
  }

  private ask({ line }: FeedRow, person: KnownNumber | undefined, findings: readonly Finding[]): void {
    if (person === undefined) return;
    for (const { code, severity } of findings) {
      if (severity === 'question') this.questions.push({ code, personId: person.personId, line });
    }
  }

  /** Findings of the row, and what is to be written: null for a row that says nothing new or cannot be taken. */
  private judge(row: FeedRow, known: KnownNumber | undefined): { findings: Finding[]; staged: StagedNumber | null } {
    // Values that a finding of the layout quotes are left out: where columns are shifted they may be numbers.
    const ofLayout = row.findings.map((each) => ({ ...each, params: withoutTexts(each.params) }));
    if (answerOf(ofLayout) === 'refused') return { findings: ofLayout, staged: null };
    const decision = decideNumberRow(row.fields);
    if (decision.answer === 'refused' || known === undefined) {
      const unknown = known === undefined ? decideNumberChange({ branchNumber: null, isSameNumber: false }, known) : [];
      return { findings: [...ofLayout, ...nameFields([...decision.findings, ...unknown], this.layout)], staged: null };
    }
    const numberIndex = this.keys.index(decision.value.individualNumber);
    const { branchNumber, individualNumber } = decision.value;
    const isSameNumber = this.hasNumber(known, individualNumber, numberIndex);
    const change = decideNumberChange({ branchNumber, isSameNumber }, known);
    const findings = [...ofLayout, ...nameFields(change, this.layout)];
    const isUnchanged = isSameNumber && branchNumber === known.branchNumber;
    if (isUnchanged || answerOf(findings) !== 'accepted') return { findings, staged: null };
    return { findings, staged: this.seal(row, decision.value, known, numberIndex, findings) };
  }

  /** Compared by the key that the known index was made by: the former one while keys are exchanged. */
  private hasNumber(known: KnownNumber, individualNumber: string, numberIndex: Buffer): boolean {
    if (known.numberIndex === null || known.indexKeyVersion === null) return false;
    const isNewest = known.indexKeyVersion === this.keys.indexVersion;
    return known.numberIndex.equals(isNewest ? numberIndex : this.keys.index(individualNumber, known.indexKeyVersion));
  }

  private seal(
    { ordinal, line }: FeedRow,
    { individualNumber, branchNumber }: NumberRow,
    known: KnownNumber,
    numberIndex: Buffer,
    findings: readonly Finding[],
  ): StagedNumber {
    const version = known.version + 1;
    const { personId } = known;
    const sealed = this.keys.seal(individualNumber, personId, version);
    const { encryptionVersion: keyVersion, indexVersion: indexKeyVersion } = this.keys;
    return {
      ordinal,
      line,
      personId,
      version,
      branchNumber,
      sealed,
      keyVersion,
      numberIndex,
      indexKeyVersion,
      otherIndex: this.keys.otherIndex(individualNumber),
      findings,
    };
  }
}

function withoutTexts(params: Finding['params']): Finding['params'] {
  return Object.fromEntries(
    Object.entries(params).map(([key, value]) => [key, typeof value === 'string' ? '…' : value]),
  );
}

/** Lists the staged rows that wait or have notes, with what was found only when the whole file was read. */
async function listNoted(tx: Tx, runId: number, layout: Layout, indexing: Indexing): Promise<void> {
  let after = 0;
  for (;;) {
    const page = await listNotedNumbers(tx, runId, { after, limit: notedPerPage, indexing });
    const rows = page.map((row) => {
      const findings = [...row.findings, ...nameFields([findingOf(row)].flat(), layout)];
      return { ordinal: row.ordinal, line: row.line, answer: answerOf(findings), findings };
    });
    await addFeedRunRows(tx, runId, rows);
    const last = page.at(-1);
    if (last === undefined || page.length < notedPerPage) return;
    after = last.ordinal;
  }
}

function findingOf(row: NotedNumber): Finding[] {
  if (row.isWaiting && row.others.length > 0) {
    return [
      finding('numberOfTwoRows', 'question', 'individualNumber', {
        others: row.others.toSorted((a, b) => a - b).join('、'),
      }),
    ];
  }
  if (row.isWaiting) return [finding('numberOfAnotherPerson', 'question', 'individualNumber')];
  return row.wasAnothers ? [finding('numberFormerlyOfAnother', 'note', 'individualNumber')] : [];
}

async function recordImport(
  tx: Tx,
  context: VaultContext,
  runId: number,
  figures: Figures & { readonly changed: number },
): Promise<void> {
  const { rows, questioned, refused, changed } = figures;
  const details = { feedRunId: runId, rows, questioned, refused, changed };
  const actId = await recordAct(tx, context.actor, { act: 'numbers.imported', items: ['individualNumber'], details });
  if (changed === 0) return;
  await recordPersonsTouched(tx, actId, changedPersonsSql, [tx.lgCode, runId]);
  await publish(tx, 'numbers.imported', runId);
}
