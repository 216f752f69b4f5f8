import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { formatCsvLine } from '#formats';
import { type Day, formatIsoDay, UnreadableInput } from '#kernel';
import type { RuleSet } from '#schedule';
import { headers, institutionLine } from './feed-lines.ts';
import { type Municipality, makeBlocks } from './make-block.ts';
import { makeCalendar } from './make-calendar.ts';
import { makeInstitutions } from './make-institutions.ts';
import { type FeedFiles, openFeedFiles, refuseOtherFiles } from './open-feed-files.ts';
import { parseProfile } from './parse-profile.ts';
import { type FeedName, FeedTexts } from './render-block.ts';

/** What a demonstration municipality is ordered by. The same order gives the same bytes. */
export interface DemonstrationOrder {
  /** A folder like `settings/wakabadai`, with its `demo/` tables. */
  readonly settingsFolder: string;
  readonly rules: RuleSet;
  readonly people: number;
  readonly seed: number;
  /** The clinic month is the month before this day. */
  readonly today: Day;
  /** How many months up to that one its file holds: 1 unless told; the history ends before them. */
  readonly months?: number;
  /** Where the files go; made where missing. */
  readonly folder: string;
  readonly onProgress?: (people: number, total: number) => void;
}

/** The files by what they are, as full paths. */
export interface DemonstrationPaths {
  readonly residents: string;
  readonly residentChanges: string;
  readonly individualNumbers: string;
  readonly welfare: string;
  readonly institutions: string;
  readonly history: string;
  readonly clinicRecords: string;
  readonly clinicRecordsCp932: string;
  readonly codes: string;
  /** What other municipalities and the national register know: for their stand-ins. */
  readonly formerRecords: string;
  readonly residentNetwork: string;
  readonly plantedFaults: string;
}

/** What was written. */
export interface DemonstrationFiles {
  readonly people: number;
  /** File names in the folder. */
  readonly files: readonly string[];
  /** `2026-10`. */
  readonly clinicMonth: string;
  readonly paths: DemonstrationPaths;
}

/**
 * Writes a synthetic municipality in the layouts of a vendor's systems, with the faults planted in the clinic month told
 * in a file of their own. Memory does not grow with the number of people.
 */
export async function writeDemonstration(order: DemonstrationOrder): Promise<DemonstrationFiles> {
  const profile = parseProfile((path) => readSetting(order.settingsFolder, path));
  const calendar = makeCalendar(order.today, order.months);
  const { people, seed, folder } = order;
  const institutions = makeInstitutions(profile, calendar, people, seed);
  const law = { rules: order.rules, vaccineLines: profile.vaccineLines, asOf: order.today };
  const names = namesOf(calendar.monthName, calendar.asOf);
  await mkdir(folder, { recursive: true });
  await refuseOtherFiles(folder, names);
  const files = await openFeedFiles(folder, names);
  try {
    for (const [feed, header] of Object.entries(headersOf)) await files.write(feed as FeedName, header);
    await files.write('institutions', institutions.map(institutionLine).join(''));
    await files.write('codes', profile.codeList.map((line) => formatCsvLine(line)).join(''));
    await writeBlocks({ profile, law, calendar, institutions, people, seed }, files, order);
    await files.finish();
  } catch (error) {
    await files.abandon();
    throw error;
  }
  return { people, files: Object.values(names), clinicMonth: calendar.monthName, paths: pathsOf(folder, names) };
}

async function writeBlocks(municipality: Municipality, files: FeedFiles, order: DemonstrationOrder): Promise<void> {
  const texts = new FeedTexts(municipality);
  let done = 0;
  for (const block of makeBlocks(municipality)) {
    for (const [feed, text] of texts.render(block)) await files.write(feed, text);
    done += block.lives.length;
    order.onProgress?.(done, order.people);
  }
}

const headersOf: DemonstrationPaths = {
  residents: headers.residents,
  residentChanges: headers.residents,
  individualNumbers: headers.numbers,
  welfare: headers.welfare,
  institutions: headers.institutions,
  history: headers.history,
  clinicRecords: headers.clinic,
  clinicRecordsCp932: headers.clinic,
  codes: headers.codes,
  formerRecords: headers.formerRecords,
  residentNetwork: headers.residentNetwork,
  plantedFaults: headers.planted,
};

function namesOf(month: string, changesOn: Day): DemonstrationPaths {
  return {
    residents: 'residents.csv',
    residentChanges: `resident-changes-${formatIsoDay(changesOn)}.csv`,
    individualNumbers: 'individual-numbers.csv',
    welfare: 'welfare.csv',
    institutions: 'institutions.csv',
    history: 'history.csv',
    clinicRecords: `clinic-records-${month}.csv`,
    clinicRecordsCp932: `clinic-records-${month}.cp932.csv`,
    codes: 'codes.csv',
    formerRecords: 'former-records.csv',
    residentNetwork: 'resident-network.csv',
    plantedFaults: 'planted-faults.csv',
  };
}

function pathsOf(folder: string, names: DemonstrationPaths): DemonstrationPaths {
  return Object.fromEntries(
    Object.entries(names).map(([feed, name]) => [feed, join(folder, name)]),
  ) as unknown as DemonstrationPaths;
}

function readSetting(folder: string, path: string): string {
  try {
    return readFileSync(join(folder, path), 'utf8');
  } catch (error) {
    throw new UnreadableInput(
      `設定 ${join(folder, path)} を読めません。デモンストレーション用の設定フォルダーを指定してください。`,
      {
        cause: error,
      },
    );
  }
}
