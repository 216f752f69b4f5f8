import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { forbiddenFolders } from './floors.ts';
import { type Fault, listFiles, root, type SourceFile } from './source-tree.ts';
import { readTable } from './table.ts';

/** English and Japanese names of diseases and vaccines that no table column carries as one word. */
const diseaseWords =
  /rotavirus|hepatitis|pneumococ|influenza|measles|rubella|varicella|encephalitis|papilloma|herpes|zoster|tetanus|diphtheria|pertussis|polio|\bcovid|麻しん|風しん|水痘|日本脳炎|ロタ|ヒブ|肺炎球菌|インフルエンザ|帯状疱疹|ジフテリア|破傷風|百日せき|ポリオ|コロナ|混合ワクチン|Ｂ型肝炎|B型肝炎|おたふく|子宮頸がん/iu;

/** No vaccine's name in src/: what is true of one vaccine only is a row in rules/ or settings/. */
export function checkVaccineNames(files: readonly SourceFile[]): Fault[] {
  const ids = new Set([...columnOf('rules/products.csv', 'product'), ...columnOf('rules/programmes.csv', 'programme')]);
  if (ids.size < 20) return [{ path: 'rules/', because: `only ${ids.size} ids of products and programmes were read` }];
  return files
    .filter((file) => !file.isTest)
    .flatMap((file) => {
      const words = diseaseWords.exec(file.code);
      const literal = [...file.code.matchAll(/'([\w-]+)'/gu)]
        .map((match) => match[1] ?? '')
        .find((text) => ids.has(text));
      const found = words?.[0] ?? literal;
      return found === undefined
        ? []
        : [{ path: file.path, because: `names a vaccine (${found}): make it a row in rules/ or settings/` }];
    });
}

/** No folder whose name says nothing, no file but kebab-case. */
export function checkNames(): Fault[] {
  return ['src', 'tools', 'tests', 'bin']
    .flatMap((folder) => listFiles(join(root, folder)))
    .flatMap((absolute) => {
      const path = absolute.slice(root.length + 1);
      const folder = dirname(path)
        .split('/')
        .find((part) => forbiddenFolders.includes(part));
      if (folder !== undefined)
        return [{ path, because: `stands in a folder called ${folder}: give it the room of its word` }];
      const isKebab = /^(?:[a-z0-9]+(?:[.-][a-z0-9]+)*|README\.md)$/u.test(basename(path));
      return isKebab ? [] : [{ path, because: 'file names are kebab-case' }];
    });
}

/** Words that the glossary replaces by others never stand in identifiers. */
export function checkGlossary(files: readonly SourceFile[]): Fault[] {
  const rows = readTable(join(root, 'docs/glossary.csv'));
  const banned = rows.flatMap((row) =>
    (row['never'] ?? '')
      .split(';')
      .filter((word) => word !== '')
      .map((word) => ({ word, use: row['identifier'] ?? '' })),
  );
  if (banned.length < 5)
    return [{ path: 'docs/glossary.csv', because: 'names fewer than five words that are never used' }];
  return files
    .filter((file) => !file.isTest)
    .flatMap((file) => {
      const identifiers = new Set(withoutStrings(file.code).match(/[A-Za-z_$][\w$]*/gu) ?? []);
      return banned
        .filter(({ word }) => [...identifiers].some((identifier) => hasWord(identifier, word)))
        .map(({ word, use }) => ({ path: file.path, because: `says ${word}; the glossary says ${use}` }));
    });
}

/** Every room has a README of at most 30 lines. */
export function checkReadmes(rooms: readonly string[], readText: (path: string) => string | undefined): Fault[] {
  return rooms.flatMap((room) => {
    const path = `src/${room}/README.md`;
    const text = readText(path);
    if (text === undefined) return [{ path, because: 'is missing: what the room knows and must never know' }];
    const lines = text.trimEnd().split('\n').length;
    return lines > 30 ? [{ path, because: `has ${lines} lines; 30 are enough` }] : [];
  });
}

/** Files a person can read in one sitting. */
export function checkLengths(files: readonly SourceFile[]): Fault[] {
  return files.flatMap((file) => {
    const lines = file.text.split('\n').length;
    const limit = file.isTest ? 700 : 500;
    return lines > limit ? [{ path: file.path, because: `has ${lines} lines; part it at ${limit}` }] : [];
  });
}

function hasWord(identifier: string, word: string): boolean {
  const parts = identifier
    .replaceAll(/([a-z0-9])([A-Z])/gu, '$1_$2')
    .toLowerCase()
    .split('_');
  const wanted = word
    .replaceAll(/([a-z0-9])([A-Z])/gu, '$1_$2')
    .toLowerCase()
    .split('_');
  return parts.some((_, i) => wanted.every((part, j) => parts[i + j] === part));
}

function withoutStrings(code: string): string {
  return code.replaceAll(/'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`/gu, "''");
}

function columnOf(path: string, column: string): string[] {
  return readTable(join(root, path)).flatMap((row) =>
    row[column] === undefined || row[column] === '' ? [] : [row[column]],
  );
}

/** The text of a file of the checkout, undefined when it does not exist. */
export function readTextOf(path: string): string | undefined {
  try {
    return readFileSync(join(root, path), 'utf8');
  } catch {
    return undefined;
  }
}
