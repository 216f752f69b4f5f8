import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { importResidents } from '#addressees/persons';
import { bytesSource, type FeedRun, listFeedRunRows, listFeedRuns } from '#common-base/linkage';
import { encodeCp932 } from '#formats';
import { parseIsoDay, UnreadableInput } from '#kernel';
import { explainFinding, loadFindingsTables } from '#platform/findings';
import { type Tx, withMunicipality } from '#platform/postgres';
import { testActor, testContext } from '../support/addressees.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { type FeedKind, feedKinds, feedText, loadLayoutsWithMunicipality } from './feed-kinds.ts';

let t: TestDatabase;
before(async () => {
  t = await testDatabase();
  await loadLayoutsWithMunicipality(t.db);
});
after(() => t.close());

const [residents, welfare, institutions] = feedKinds as [FeedKind, FeedKind, FeedKind];
const tables = await loadFindingsTables();
const utf8 = new TextEncoder();

function inside<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
  return withMunicipality(t.db, t.lgCode, work);
}

async function countOf(kind: FeedKind): Promise<string> {
  const { rows } = await inside((tx) => tx.client.query<unknown[]>({ text: kind.counting, rowMode: 'array' }));
  return rows.map((row) => row.join('/')).join();
}

async function lastRun(): Promise<FeedRun | undefined> {
  return (await inside((tx) => listFeedRuns(tx, { limit: 1 })))[0];
}

/** What a whole-file fault must say: where it is, what it is, what to do. */
interface WholeFileFault {
  readonly title: string;
  readonly make: (kind: FeedKind) => string | Uint8Array;
  readonly sentence: (kind: FeedKind) => string;
}

const advice = (kind: FeedKind): string => {
  const title = { residents: '住民記録(全件・日次異動)', welfare: '福祉・課税の区分', institutions: '契約医療機関' }[
    kind.layout
  ];
  return `レイアウト「${title ?? ''}」(${kind.layout})に合うファイルか、列の名前が変わっていないかを確かめてください。`;
};
const remake = '送付元に作り直しを依頼してください。';
const lastLine = 2502;
const many = 2500;

/** A file whose fault lies behind thousands of good rows, so that some are on their way already. */
function withLastRow(kind: FeedKind, row: string): string {
  return `${feedText(kind, many)}${row}`;
}

function rowOf(kind: FeedKind, change: Readonly<Record<string, string>>): string {
  return (
    feedText(kind, 1, { 1: { [Object.keys(kind.row)[0] ?? '']: kind.keyOf(many + 1), ...change } }).split('\r\n')[1] ??
    ''
  );
}

/** Where in its line the value of a column begins, counted from 1. */
function characterOf(kind: FeedKind, column: string, change: Readonly<Record<string, string>>): number {
  const columns = Object.keys(kind.row);
  const values = rowOf(kind, change).split(',').slice(0, columns.indexOf(column));
  return [...values.join(',')].length + 2;
}

const wholeFile: readonly WholeFileFault[] = [
  {
    title: '空のファイル',
    make: () => '',
    sentence: () =>
      'bad.csv は空です(1行目に列の名前がありません)。送信が終わっているかを確かめ、もう一度受け取ってください。',
  },
  {
    title: '足りない列',
    make: (kind) => {
      const name = Object.keys(kind.row)[1] ?? '';
      return feedText(kind, 2).replace(`,${name}`, '');
    },
    sentence: (kind) => `bad.csv の 1行目に列「${Object.keys(kind.row)[1] ?? ''}」がありません。${advice(kind)}`,
  },
  {
    title: '知らない列',
    make: (kind) => feedText(kind, 1).replace('団体コード', '団体コード,備考'),
    sentence: (kind) =>
      `bad.csv の 1行目・${Object.keys(kind.row).length + 1}列目: 列「備考」はこのレイアウトにありません。${advice(kind)}`,
  },
  {
    title: '見出しのない、別の種類のファイル',
    make: () => '1,2,3\r\n4,5,6\r\n',
    sentence: (kind) =>
      `bad.csv の 1行目に列の名前がありません。列${Object.keys(kind.row)
        .map((name) => `「${name}」`)
        .join('')}が要ります。${advice(kind)}`,
  },
  {
    title: '途中で切れたファイル',
    make: (kind) => withLastRow(kind, rowOf(kind, {}).split(',').slice(0, 3).join(',')),
    sentence: (kind) =>
      `bad.csv の ${lastLine}行目・列「${Object.keys(kind.row)[2] ?? ''}」でファイルが途切れています。` +
      '送信が最後まで終わっているかを確かめ、もう一度受け取ってください。',
  },
  {
    title: 'NUL 文字',
    make: (kind) => withLastRow(kind, `${rowOf(kind, { [kind.textColumn]: '\u0000' })}\r\n`),
    sentence: (kind) =>
      `bad.csv の ${lastLine}行目・列「${kind.textColumn}」(${characterOf(kind, kind.textColumn, {})}文字目)に ` +
      `NUL 文字(空のデータ)があります。${remake}`,
  },
  {
    title: '文字コードに合わないバイト',
    make: (kind) => {
      const text = withLastRow(kind, `${rowOf(kind, { [kind.textColumn]: '\u0001' })}\r\n`);
      return Uint8Array.from(Buffer.from(text, 'utf8'), (byte) => (byte === 1 ? 0xff : byte));
    },
    sentence: (kind) =>
      `bad.csv の ${lastLine}行目・列「${kind.textColumn}」(${characterOf(kind, kind.textColumn, {})}文字目)に` +
      `読めない文字があります。文字コード(UTF-8 か CP932)を確かめ、${remake}`,
  },
  {
    title: 'UTF-16 のファイル',
    make: (kind) => Buffer.from(`\uFEFF${feedText(kind, 2)}`, 'utf16le'),
    sentence: () =>
      `bad.csv の 1行目・1列目(1文字目)に読めない文字があります。文字コード(UTF-8 か CP932)を確かめ、${remake}`,
  },
  {
    title: '10 MB の行',
    make: (kind) => withLastRow(kind, `${rowOf(kind, { [kind.textColumn]: 'あ'.repeat(3_400_000) })}\r\n`),
    sentence: () =>
      `bad.csv の ${lastLine}行目が長すぎます(1行は 1 MiB まで)。` +
      '改行が失われていないか、ファイルの種類が正しいかを確かめてください。',
  },
  {
    title: '閉じない引用符',
    make: (kind) => withLastRow(kind, `${rowOf(kind, { [kind.textColumn]: '"緑町' })}\r\n`),
    sentence: (kind) =>
      `bad.csv の ${lastLine}行目・列「${kind.textColumn}」(${characterOf(kind, kind.textColumn, {})}文字目)で` +
      `始まる引用符「"」が閉じていません。${remake}`,
  },
];

for (const kind of feedKinds) {
  for (const fault of wholeFile) {
    test(`${kind.title}: ${fault.title} → 一文で場所とすることを言い、何も書かない`, async () => {
      const before = await countOf(kind);
      const content = fault.make(kind);
      const bytes = typeof content === 'string' ? utf8.encode(content) : content;
      await assert.rejects(kind.take(t, 'bad.csv', bytes), (error: unknown) => {
        assert.ok(error instanceof UnreadableInput, String(error));
        assert.equal(error.message, fault.sentence(kind));
        return true;
      });
      assert.equal(await countOf(kind), before);
      const run = await lastRun();
      assert.deepEqual([run?.state, run?.failure, run?.result], ['failed', fault.sentence(kind), null]);
    });
  }
}

/** A row that is refused while the others are taken in; `said` is what staff read. */
interface RowFault {
  readonly title: string;
  readonly kinds: readonly FeedKind[];
  /** What the second of three rows says instead. */
  readonly change: (kind: FeedKind) => Readonly<Record<string, string>>;
  readonly field: (kind: FeedKind) => string | null;
  readonly said: string;
}

const keyColumn = (kind: FeedKind): string => Object.keys(kind.row)[0] ?? '';
const always = (column: string) => () => column;

const rowFaults: readonly RowFault[] = [
  {
    title: 'ほかの自治体の行',
    kinds: feedKinds,
    change: () => ({ 団体コード: '131016' }),
    field: always('団体コード'),
    said: 'ほかの自治体（団体コード 131016）の行です。',
  },
  {
    title: '同じ番号の二行目',
    kinds: [residents],
    change: (kind) => ({ [keyColumn(kind)]: kind.keyOf(1) }),
    field: keyColumn,
    said: '同じファイルの 1 行目のデータと番号が重なっています。',
  },
  {
    title: '同じ番号と期間の二行目',
    kinds: [welfare, institutions],
    change: (kind) => ({ [keyColumn(kind)]: kind.keyOf(1) }),
    field: (kind) => `${keyColumn(kind)}・${kind === welfare ? '有効開始' : '契約開始'}`,
    said: '同じファイルの 1 行目のデータと番号が重なっています。',
  },
  {
    title: '番号の空欄',
    kinds: feedKinds,
    change: (kind) => ({ [keyColumn(kind)]: '' }),
    field: keyColumn,
    said: '必ず入れる項目が空欄です。',
  },
  {
    title: '番号に文字',
    kinds: feedKinds,
    change: (kind) => ({ [keyColumn(kind)]: '12A' }),
    field: keyColumn,
    said: '数字以外の文字が入っています。',
  },
  {
    title: '暦にない日',
    kinds: [residents],
    change: () => ({ 生年月日: '20250229' }),
    field: always('生年月日'),
    said: '日付として読めないか、暦にない日です。',
  },
  {
    title: '未来の生年月日',
    kinds: [residents],
    change: () => ({ 生年月日: '20261122' }),
    field: always('生年月日'),
    said: '生年月日が未来の日付です。',
  },
  {
    title: '亡くなった日が生まれた日より前',
    kinds: [residents],
    change: () => ({ 死亡年月日: '19540824' }),
    field: always('死亡年月日'),
    said: '死亡年月日が生年月日より前です。',
  },
  {
    title: '長すぎる方書',
    kinds: [residents],
    change: () => ({ 方書: 'あ'.repeat(101) }),
    field: always('方書'),
    said: '決められた長さ（100 文字）を超えています。',
  },
  {
    title: '台帳にいない人の区分',
    kinds: [welfare],
    change: () => ({ 整理番号: '0000099999' }),
    field: always('整理番号'),
    said: 'この宛名番号の人は台帳にいません。',
  },
  {
    title: '終わりが始まりより前',
    kinds: [welfare],
    change: () => ({ 有効終了: '20260331' }),
    field: always('有効終了'),
    said: '有効終了が有効開始より前です。',
  },
  {
    title: 'コード表にない課税区分',
    kinds: [welfare],
    change: () => ({ 課税区分: '9' }),
    field: always('課税区分'),
    said: 'コード「9」はコード表にありません。',
  },
  {
    title: '終わりが始まりより前の契約',
    kinds: [institutions],
    change: () => ({ 契約終了: '20260331' }),
    field: always('契約終了'),
    said: '契約終了日 2026年3月31日 が契約開始日 2026年4月1日 より前です。',
  },
  {
    title: '列の多い行',
    kinds: feedKinds,
    change: (kind) => ({ [kind.textColumn]: 'あ,い' }),
    field: () => null,
    said: '',
  },
];

for (const fault of rowFaults) {
  for (const kind of fault.kinds) {
    test(`${kind.title}: ${fault.title} → その行だけを断り、行と列と理由を残す`, async () => {
      const name = `${fault.title}.csv`;
      await takePeople(3);
      const text = `${feedText(kind, 3, { 2: fault.change(kind) })}${'\r\n'.repeat(files++)}`;
      const result = await kind.take(t, name, utf8.encode(text));
      assert.deepEqual([result.rows, result.accepted, result.refused], [3, 2, 1]);
      const run = await lastRun();
      const rows = await inside((tx) => listFeedRunRows(tx, run?.runId ?? 0, { limit: 10 }));
      assert.deepEqual(
        rows.map(({ ordinal, line, answer }) => [ordinal, line, answer]),
        [[2, 3, 'refused']],
      );
      const [finding] = (rows[0]?.findings ?? []).map((each) => explainFinding(tables, each));
      const columns = Object.keys(kind.row).length;
      const said = fault.said === '' ? `列の数が ${columns + 1} 列です（正しくは ${columns} 列）。` : fault.said;
      assert.deepEqual([finding?.field, finding?.message], [fault.field(kind), said]);
      assert.match(finding?.whatToDo ?? '', /ください。/u);
    });
  }
}

test('住民の行のない全件は受け取らない。日次異動なら変更のない日である', async () => {
  const context = testContext(t.db, testActor(t.lgCode, ['persons.import']));
  const source = bytesSource('nobody.csv', utf8.encode(feedText(residents, 0)));
  const asOf = parseIsoDay('2026-11-21');
  await assert.rejects(importResidents(context, source, { isChanges: false, asOf }), {
    name: 'UnreadableInput',
    message:
      'nobody.csv の 2行目から先に住民の行がありません。送信が最後まで終わっているかを確かめ、もう一度受け取ってください。',
  });
  const result = await importResidents(context, source, { isChanges: true, asOf });
  assert.deepEqual([result.rows, result.accepted, result.refused], [0, 0, 0]);
});

let files = 100;

/** People whom flags may speak of; unchanged ones cost nothing the second time. */
async function takePeople(people: number): Promise<void> {
  await residents.take(t, 'people.csv', utf8.encode(feedText(residents, people)));
}

const formulas = ['=HYPERLINK("http://example.jp")', '+81-3', '-1+1', '@SUM(A1)', '\tTAB'];

test('式に見える文字はただの文字として残る', async () => {
  const changes = Object.fromEntries(formulas.map((formula, i) => [i + 1, { 方書: quoted(formula) }]));
  const result = await residents.take(t, 'formula.csv', utf8.encode(feedText(residents, formulas.length, changes)));
  assert.deepEqual([result.accepted, result.refused], [formulas.length, 0]);
  const { rows } = await inside((tx) =>
    tx.client.query<{ building: string }>(
      'SELECT building FROM persons WHERE addressee_number = ANY($1) ORDER BY addressee_number COLLATE "C"',
      [formulas.map((_, i) => residents.keyOf(i + 1))],
    ),
  );
  assert.deepEqual(
    rows.map((row) => row.building),
    formulas.map((formula) => formula.trim()),
  );
});

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

for (const kind of feedKinds) {
  test(`${kind.title}: 同じファイルは前の結果を答え、CP932 の同じ内容は何も変えない`, async () => {
    await takePeople(3);
    const text = feedText(kind, 3, { 3: { 団体コード: '011002' } });
    const first = await kind.take(t, 'first.csv', utf8.encode(text));
    const count = await countOf(kind);
    assert.deepEqual(await kind.take(t, 'again.csv', utf8.encode(text)), { ...first, repeated: true });
    const other = await kind.take(t, 'sjis.csv', encodeCp932(text).bytes);
    assert.deepEqual([other.rows, other.accepted, other.refused, other.repeated], [3, 2, 1, undefined]);
    assert.equal(await countOf(kind), count);
  });
}
