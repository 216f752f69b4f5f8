import { formatCsvLine } from '#formats';
import { makeClinicChoice } from './clinic-rows.ts';
import {
  clinicLine,
  formerRecordLine,
  historyLine,
  numberLine,
  residentLine,
  residentNetworkLine,
  welfareLine,
} from './feed-lines.ts';
import { type Block, type Municipality, taxYearOf } from './make-block.ts';
import type { Life } from './make-life.ts';
import { Random } from './random.ts';
import type { DemoPerson, DemoProfile } from './types.ts';

const welfareStream = 5_000_000_000;
const historyStream = 6_000_000_000;

/** The feeds that grow with the number of people. */
export type GrowingFeed =
  | 'residents'
  | 'residentChanges'
  | 'individualNumbers'
  | 'welfare'
  | 'history'
  | 'clinicRecords'
  | 'clinicRecordsCp932'
  | 'formerRecords'
  | 'residentNetwork'
  | 'plantedFaults';

/** All feeds of a demonstration. */
export type FeedName = GrowingFeed | 'institutions' | 'codes';

/** Writes blocks as lines of the feeds and counts the rows, since planted faults are told by the number of their row. */
export class FeedTexts {
  private readonly municipality: Municipality;
  private clinicRows = 0;
  private historyRows = 0;
  private faults: string[] = [];

  constructor(municipality: Municipality) {
    this.municipality = municipality;
  }

  /** The next lines of every feed. */
  render(block: Block): [GrowingFeed, string][] {
    const { profile, seed, calendar } = this.municipality;
    this.faults = [];
    const people = block.lives.map(({ person }) => person);
    const clinic = block.forms.map((form) => this.renderForm(form)).join('');
    return [
      ['residents', people.map((person) => residentLine(person, profile)).join('')],
      ['residentChanges', block.changes.map((person) => residentLine(person, profile)).join('')],
      ['individualNumbers', people.map((person) => numberLineOf(person, seed)).join('')],
      ['welfare', people.map((person) => this.renderWelfare(person, taxYearOf(calendar))).join('')],
      ['history', block.lives.map((life) => this.renderHistory(life, block)).join('')],
      ['clinicRecords', clinic],
      ['clinicRecordsCp932', clinic],
      ['formerRecords', block.lives.map((life) => formerRecordsOf(life, profile, seed)).join('')],
      [
        'residentNetwork',
        people.map((person) => (person.isNonRegistered ? '' : residentNetworkLine(person, profile, seed))).join(''),
      ],
      ['plantedFaults', this.faults.join('')],
    ];
  }

  private renderForm({ row, fault }: Block['forms'][number]): string {
    this.clinicRows += 1;
    const { monthName } = this.municipality.calendar;
    if (fault !== null) this.tellFault(`clinic-records-${monthName}.csv`, this.clinicRows, fault.kind, fault.answer);
    return clinicLine(row, `${monthName.replace('-', '')}-01`, this.clinicRows);
  }

  private renderHistory(life: Life, { wrongInHistory }: Block): string {
    const { calendar, institutions, seed } = this.municipality;
    const random = new Random(seed, historyStream + Number(life.person.number));
    const clinicOn = makeClinicChoice(institutions, life.person, random);
    return life.history
      .map((dose) => {
        this.historyRows += 1;
        if (wrongInHistory.has(dose)) this.tellFault('history.csv', this.historyRows, 'shortInterval', 'accepted');
        return historyLine(life.person, dose, clinicOn(dose.on), calendar);
      })
      .join('');
  }

  private renderWelfare(person: DemoPerson, taxYear: number): string {
    const random = new Random(this.municipality.seed, welfareStream + Number(person.number));
    return random.chance(this.municipality.profile.options.shareWelfare) ? welfareLine(person, taxYear, random) : '';
  }

  private tellFault(file: string, row: number, kind: string, answer: string): void {
    this.faults.push(formatCsvLine([file, row, kind, answer]));
  }
}

function formerRecordsOf({ person, elsewhere }: Life, profile: DemoProfile, seed: number): string {
  return elsewhere.map((dose) => formerRecordLine(person, dose, profile, seed)).join('');
}

/** 住登外者 have their number in another municipality's register. */
function numberLineOf(person: DemoPerson, seed: number): string {
  return person.isNonRegistered ? '' : numberLine(person, seed);
}
