import { floors } from './floors.ts';
import { type Fault, resolveImport, roomOf, type SourceFile } from './source-tree.ts';

/** Floors, doors and separate systems: who may import whom, and only through the door. */
export function checkImports(files: readonly SourceFile[]): Fault[] {
  return files.flatMap((file) => [
    ...checkPlace(file),
    ...file.imports.flatMap((each) => checkImport(file, each.specifier)),
  ]);
}

function checkPlace(file: SourceFile): Fault[] {
  if (file.room !== undefined) return [];
  return [
    {
      path: file.path,
      because: 'is in no room: move it, or enter the room in tools/tidy/floors.ts and docs/architecture.md',
    },
  ];
}

function checkImport(file: SourceFile, specifier: string): Fault[] {
  const target = resolveImport(file, specifier);
  if (target === undefined || file.room === undefined) return [];
  const room = roomOf(target);
  if (room === file.room) {
    return specifier.startsWith('#') ? [{ path: file.path, because: `imports its own door ${specifier}: use ./` }] : [];
  }
  if (file.isTest && target.startsWith('tests/support/')) return [];
  if (room === undefined) return [{ path: file.path, because: `imports ${specifier}, which is in no room` }];
  const faults: Fault[] = [];
  if (!specifier.startsWith('#')) {
    faults.push({ path: file.path, because: `enters ${room.path} beside its door: import '#${room.path}'` });
  }
  if (file.isTest) return faults;
  if (floors.indexOf(room) > floors.indexOf(file.room)) {
    faults.push({
      path: file.path,
      because: `imports ${room.path}, which stands below ${file.room.path}: send news by the outbox`,
    });
  }
  const isSeparate = room.system !== 'shared-code' && room.system !== file.room.system && file.room.system !== 'apps';
  if (isSeparate) {
    faults.push({
      path: file.path,
      because: `imports ${room.path} of another system (${room.system}): systems exchange messages only`,
    });
  }
  return faults;
}
