/**
 * Makes src/addressees/persons/kanji-variants.ts from the public tables of the package @mandel59/mojidata
 * (MJ文字情報一覧表 and MJ縮退マップ of 文字情報技術促進協議会/IPA, 異体字データ of 漢字データベースプロジェクト). The package weighs 100 MB and is needed only
 * for this, so it is no dependency of the project:
 *
 *   npm install --no-save --ignore-scripts @mandel59/mojidata@1.8.1
 *   node tools/make-kanji-variants.mjs
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';

const source = process.argv[2] ?? createRequire(import.meta.url).resolve('@mandel59/mojidata/package.json');
const folder = source.endsWith('package.json') ? dirname(source) : source;
const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
const database = new DatabaseSync(join(folder, 'dist', 'moji.db'), { readOnly: true });

/**
 * The tables of the degrade map that say "the same character in another form", in order of trust. Left out:
 * 法務省告示582号別表第四_二 (characters that only look alike) and 誤字俗字正字一覧表_別字 (other characters).
 */
const tables = [
  '戸籍統一文字情報_親字正字',
  '民一2842号通達別表_誤字俗字正字一覧表_無印',
  '民一2842号通達別表_誤字俗字正字一覧表_俗字',
  '民二5202号通知別表_正字俗字等対照表',
  'JIS包摂規準UCS統合規則',
  '法務省告示582号別表第四_一',
  '読み字形による類推',
];

const policies = new Map(
  database
    .prepare('SELECT "対応するUCS" AS ucs, max("漢字施策") AS policy, max("X0213") AS jis FROM mji GROUP BY 1')
    .all()
    .map((row) => [row.ucs, row]),
);

/** How plain a character is: 常用漢字 before 人名用漢字 before JIS level 1 and 2 before the rest. */
function plainness(character) {
  const row = policies.get(character);
  if (row?.policy === '常用漢字') return 3;
  if (row?.policy === '人名用漢字') return 2;
  return row?.jis?.startsWith('1-') && Number(row.jis.slice(2, 4)) >= 16 && Number(row.jis.slice(2, 4)) <= 84 ? 1 : 0;
}

/** Character → the best plainer form that the first table knowing one gives. */
function readTargets() {
  const targets = new Map();
  for (const table of tables) {
    const rows = database
      .prepare(
        `SELECT DISTINCT m."対応するUCS" AS ucs, s."縮退UCS" AS target FROM "mjsm_${table}" s
         JOIN mji m USING ("MJ文字図形名") WHERE m."対応するUCS" IS NOT NULL`,
      )
      .all()
      // Compatibility ideographs reach their unified form by Unicode normalisation, before this table.
      .map((row) => ({ ucs: row.ucs.normalize('NFC'), target: row.target.normalize('NFC') }))
      .filter((row) => row.ucs !== row.target);
    const found = new Map();
    for (const { ucs, target } of rows) {
      if (plainness(target) < plainness(ucs)) continue;
      const best = found.get(ucs);
      if (
        best === undefined ||
        plainness(target) > plainness(best) ||
        (plainness(target) === plainness(best) && target < best)
      ) {
        found.set(ucs, target);
      }
    }
    for (const [ucs, target] of found) if (!targets.has(ucs)) targets.set(ucs, target);
  }
  return targets;
}

/** Follows the forms to their end; where they go round, the plainest (then lowest) of the round is the end. */
function representative(character, targets) {
  const path = [];
  let at = character;
  while (targets.has(at) && !path.includes(at)) {
    path.push(at);
    at = targets.get(at);
  }
  if (!path.includes(at)) return at;
  const round = path.slice(path.indexOf(at));
  return round.sort((a, b) => plainness(b) - plainness(a) || a.codePointAt(0) - b.codePointAt(0))[0];
}

/**
 * Variants that the degrade map does not hold (桧/檜, 薮/藪, 曽/曾), from 漢字データベースプロジェクト's 異体字データ: the
 * plainer of the two is the target.
 */
function addKanjiDatabase(targets) {
  const rows = database
    .prepare(
      'SELECT subject, object FROM "kdpv_koseki/variant" UNION SELECT subject, object FROM "kdpv_hyogai/variant"',
    )
    .all()
    .map(({ subject, object }) => [subject.normalize('NFC'), object.normalize('NFC')])
    .filter(([subject, object]) => subject !== object && [...subject].length === 1 && [...object].length === 1);
  for (const [subject, object] of rows) {
    const isObjectPlainer = plainness(object) > plainness(subject);
    const [variant, plain] = isObjectPlainer ? [subject, object] : [object, subject];
    if (!targets.has(variant) && representative(plain, targets) !== variant) targets.set(variant, plain);
  }
}

const targets = readTargets();
addKanjiDatabase(targets);
const groups = new Map();
for (const character of targets.keys()) {
  const plain = representative(character, targets);
  if (plain !== character) groups.set(plain, [...(groups.get(plain) ?? []), character]);
}
const words = [...groups]
  .sort(([a], [b]) => a.codePointAt(0) - b.codePointAt(0))
  .map(([plain, variants]) => plain + variants.sort((a, b) => a.codePointAt(0) - b.codePointAt(0)).join(''));
const lines = [];
for (const word of words) {
  const last = lines.at(-1);
  if (last !== undefined && [...last].length + [...word].length < 108) lines[lines.length - 1] = `${last} ${word}`;
  else lines.push(word);
}
const target = join(dirname(fileURLToPath(import.meta.url)), '../src/addressees/persons/kanji-variants.ts');
const characters = words.reduce((sum, word) => sum + [...word].length - 1, 0);
writeFileSync(
  target,
  `/**
 * Variants of kanji for the search key, made by tools/make-kanji-variants.mjs from @mandel59/mojidata ${version}: each
 * word is a plain character followed by its variants (${words.length} plain characters, ${characters} variants). Never edited by hand.
 *
 * Adapted from MJ文字情報一覧表 and MJ縮退マップ, © IPA 独立行政法人情報処理推進機構, CC BY-SA 2.1 JP
 * (https://creativecommons.org/licenses/by-sa/2.1/jp/), with variants of the 漢字データベースプロジェクト, © 2014-2018 CJKVI
 * Database, MIT License; this file is available under CC BY-SA 2.1 JP.
 */
export const kanjiVariants = \`
${lines.join('\n')}
\`;
`,
);
console.log(`${words.length} plain characters, ${characters} variants, ${lines.length} lines`);
