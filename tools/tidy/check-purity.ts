import { posix } from 'node:path';
import { pureFloors } from './floors.ts';
import { type Fault, resolveImport, type SourceFile } from './source-tree.ts';

const impure: readonly (readonly [RegExp, string])[] = [
  [/\bDate\.now\b|\bnew Date\(\)|\bperformance\.now\b/u, 'reads the clock: take the day or instant as an argument'],
  [/\bMath\.random\b|\brandomUUID\b|\brandomBytes\b|\bgetRandomValues\b/u, 'reads chance: take it as an argument'],
  [/\bprocess\.(?!\w*emitWarning)/u, 'reads the environment: take it as an argument'],
  [/\bconsole\./u, 'writes to the console'],
  [/\bfetch\(|\bsetTimeout\b|\bsetInterval\b/u, 'waits or speaks with the world'],
];

/** Packages and built-in modules that compute without touching the world. */
const purePackages = new Set(['node:zlib', 'node:buffer', 'typebox', 'typebox/value', 'typebox/compile']);

/** Pure files (kernel, schedule, formats, messages, types, decide-*, derive*) import and do only what is pure. */
export function checkPurity(files: readonly SourceFile[]): Fault[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  return files
    .filter((file) => !file.isTest && isPure(file.path))
    .flatMap((file) => faultsOf(file, byPath, new Set()).map((because) => ({ path: file.path, because })));
}

function isPure(path: string): boolean {
  if (pureFloors.some((floor) => path.startsWith(`src/${floor}/`))) return true;
  return /^(?:types|decide-[\w-]+|derive[\w-]*)\.ts$/u.test(posix.basename(path));
}

function faultsOf(file: SourceFile, byPath: ReadonlyMap<string, SourceFile>, seen: Set<string>): string[] {
  if (seen.has(file.path)) return [];
  seen.add(file.path);
  const own = impure.filter(([pattern]) => pattern.test(file.code)).map(([, because]) => `${because} (${file.path})`);
  const imported = file.imports
    .filter((each) => !each.isTypeOnly)
    .flatMap(({ specifier, names }) => {
      const target = resolveImport(file, specifier);
      if (target === undefined) {
        return purePackages.has(specifier)
          ? []
          : [`imports ${specifier} (${file.path}), which is not known to be pure`];
      }
      const next = byPath.get(target);
      if (next === undefined) return [];
      return specifier.startsWith('#') ? faultsBehindDoor(next, names, byPath, seen) : faultsOf(next, byPath, seen);
    });
  return [...own, ...imported];
}

/** Follows each name through a room's door to the file that makes it: that file must be pure, not the whole room. */
function faultsBehindDoor(
  door: SourceFile,
  names: readonly string[],
  byPath: ReadonlyMap<string, SourceFile>,
  seen: Set<string>,
): string[] {
  return names.flatMap((name) => {
    const passedOn = door.imports.find((each) => each.names.includes(name));
    const path = passedOn === undefined ? undefined : resolveImport(door, passedOn.specifier);
    const maker = path === undefined ? undefined : byPath.get(path);
    return maker === undefined
      ? [`takes ${name} from ${door.path}, which does not say where it comes from`]
      : faultsOf(maker, byPath, seen);
  });
}
