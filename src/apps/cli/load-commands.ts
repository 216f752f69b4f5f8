import type { Command } from './command.ts';

/** Commands that stand in one file, known by their first words before anything of them is loaded. */
export interface CommandFamily {
  readonly firstWords: readonly string[];
  load(): Promise<readonly Command[]>;
}

/** Every command of the public interface, in the order of the help. */
export const commandFamilies: readonly CommandFamily[] = [
  { firstWords: ['start', 'serve', 'worker'], load: async () => (await import('./commands/office.ts')).officeCommands },
  {
    firstWords: ['init', 'staff'],
    load: async () => (await import('./commands/installation.ts')).installationCommands,
  },
  { firstWords: ['import'], load: async () => (await import('./commands/feeds.ts')).feedCommands },
  { firstWords: ['intake'], load: async () => (await import('./commands/intake.ts')).intakeCommands },
  {
    firstWords: ['person', 'forecast', 'ledger'],
    load: async () => (await import('./commands/ledger.ts')).ledgerCommands,
  },
  { firstWords: ['keys'], load: async () => (await import('./commands/keys.ts')).keyCommands },
  { firstWords: ['clinic'], load: async () => (await import('./commands/clinic.ts')).clinicCommands },
  { firstWords: ['clinics'], load: async () => (await import('./commands/clinics.ts')).clinicsCommands },
  { firstWords: ['inquiries'], load: async () => [(await import('./commands/inquiries.ts')).inquiryCommand] },
  { firstWords: ['national'], load: async () => [(await import('./commands/national.ts')).nationalCommand] },
  { firstWords: ['systems'], load: async () => (await import('./commands/systems.ts')).systemCommands },
  { firstWords: ['schedule'], load: async () => [(await import('./commands/schedule.ts')).scheduleCommand] },
  { firstWords: ['demo'], load: async () => [(await import('./commands/demo.ts')).demoCommand] },
  {
    firstWords: ['backup', 'restore', 'audit'],
    load: async () => (await import('./commands/upkeep.ts')).upkeepCommands,
  },
];

/**
 * The commands that what was typed may mean: their file alone is loaded, since all rooms together take longer to load
 * than most commands to answer. All of them for the list of the help, none where nothing begins so.
 */
export async function loadCommands(words: readonly string[]): Promise<readonly Command[]> {
  const first = words.find((word) => !word.startsWith('-'));
  const meant = commandFamilies.filter(({ firstWords }) => first !== undefined && firstWords.includes(first));
  const isHelp = words.length === 0 || words.includes('--help');
  const families = meant.length === 0 && isHelp ? commandFamilies : meant;
  return (await Promise.all(families.map((family) => family.load()))).flat();
}
