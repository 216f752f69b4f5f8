import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, posix, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { floors, type Room } from './floors.ts';

/** The checkout that is being looked at. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** One import or re-export of a file. */
export interface ImportOf {
  readonly specifier: string;
  readonly isTypeOnly: boolean;
  readonly names: readonly string[];
}

/** One TypeScript file below src/ with what the checks ask of it. */
export interface SourceFile {
  /** Path below the checkout, with forward slashes. */
  readonly path: string;
  readonly room: Room | undefined;
  readonly isTest: boolean;
  readonly text: string;
  /** The text without comments; strings are kept. */
  readonly code: string;
  readonly imports: readonly ImportOf[];
}

/** One fault, said so that a newcomer knows what to do. */
export interface Fault {
  readonly path: string;
  readonly because: string;
}

/** Every TypeScript file below a folder of the checkout. */
export function readSourceFiles(folder: string): SourceFile[] {
  return listFiles(join(root, folder))
    .filter((path) => path.endsWith('.ts'))
    .map((path) => readSourceFile(path));
}

/** Every file below a folder, as absolute paths, in a fixed order. */
export function listFiles(folder: string): string[] {
  return readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const path = join(folder, name);
      if (name === 'node_modules' || name.startsWith('.')) return [];
      return statSync(path).isDirectory() ? listFiles(path) : [path];
    });
}

/** Where a specifier of a file leads: a path below the checkout, or undefined for a package. */
export function resolveImport(file: SourceFile, specifier: string): string | undefined {
  if (specifier.startsWith('#')) return `src/${specifier.slice(1)}/index.ts`;
  if (specifier.startsWith('.')) return posix.normalize(posix.join(posix.dirname(file.path), specifier));
  return undefined;
}

/** The room that a path below the checkout belongs to. */
export function roomOf(path: string): Room | undefined {
  return floors.find((room) => path.startsWith(`src/${room.path}/`));
}

function readSourceFile(absolute: string): SourceFile {
  const path = relative(root, absolute).replaceAll('\\', '/');
  const text = readFileSync(absolute, 'utf8');
  const code = withoutComments(text);
  return { path, room: roomOf(path), isTest: path.endsWith('.test.ts'), text, code, imports: findImports(code) };
}

function findImports(code: string): ImportOf[] {
  const found: ImportOf[] = [];
  const statement = /(?:^|\n)\s*(?:import|export)\s+(type\s+)?((?:[\w*$\s,]|\{[^}]*\})*?)\s*from\s*'([^']+)'/gu;
  for (const match of code.matchAll(statement)) {
    const clause = match[2] ?? '';
    const inner = /\{([^}]*)\}/u.exec(clause)?.[1];
    const parts = (inner ?? '')
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
    const isTypeOnly = match[1] !== undefined || (parts.length > 0 && parts.every((part) => part.startsWith('type ')));
    const names = parts.map((part) => part.replace(/^type\s+/u, '').split(/\s+as\s+/u)[0] ?? '');
    found.push({ specifier: match[3] ?? '', isTypeOnly, names });
  }
  for (const match of code.matchAll(/(?:^|\n)\s*import\s+'([^']+)'|import\(\s*'([^']+)'\s*\)/gu)) {
    found.push({ specifier: match[1] ?? match[2] ?? '', isTypeOnly: false, names: [] });
  }
  return found;
}

/** Blanks comments, leaves strings, templates and regular expressions alone as far as a scanner can tell. */
function withoutComments(text: string): string {
  return text.replaceAll(
    /('(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`)|(\/\*[\s\S]*?\*\/|(?<=^|[\s;,{}()])\/\/[^\n]*)/gu,
    (_all, kept: string | undefined, comment: string | undefined) => kept ?? (comment ?? '').replaceAll(/[^\n]/gu, ' '),
  );
}
