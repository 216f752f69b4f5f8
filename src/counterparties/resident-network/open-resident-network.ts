import { openStandIn, type StandIn, type StandInOptions } from '#counterparties/stand-in';
import { parseCsvTable } from '#formats';
import {
  type FromResidentNetwork,
  numbersResidentNetworkPath,
  numbersResidentNetworkVersion,
  readToResidentNetwork,
  type ToResidentNetwork,
} from '#messages';

/** Somebody as the national register knows them. */
export interface RegisteredPerson {
  readonly individualNumber: string;
  readonly name: string;
  /** `YYYY-MM-DD`. */
  readonly birthDate: string;
  readonly sex: string;
  readonly address: string;
  /** 団体コード of where the person lived before; empty where nobody knows. */
  readonly previousMunicipality: string;
  /** The number was changed: this one is no longer valid. */
  readonly isFormer: boolean;
}

/** What the stand-in is opened with. */
export interface ResidentNetworkOptions extends StandInOptions {
  readonly people: readonly RegisteredPerson[];
  /** 住基GW carries a 処理通番 to the network with the person's number. */
  readonly onLinkCode: (lgCode: string, processingNumber: string, individualNumber: string) => void;
}

/** A running stand-in of 市町村CS and 住基GW. */
export interface ResidentNetworkStandIn extends StandIn {
  /** Takes nothing at all. */
  isResting: boolean;
}

/** Reads `resident-network.csv`. Pure. */
export function readRegisteredPeople(text: string): readonly RegisteredPerson[] {
  if (text === '') return [];
  return parseCsvTable(text).map(({ values }) => ({
    individualNumber: values['個人番号'] ?? '',
    name: values['氏名'] ?? '',
    birthDate: values['生年月日'] ?? '',
    sex: values['性別'] ?? '',
    address: values['住所'] ?? '',
    previousMunicipality: values['前の団体コード'] ?? '',
    isFormer: values['変更前'] === '1',
  }));
}

/**
 * A stand-in of 住民基本台帳ネットワークシステム as a municipality sees it (市町村CS, 住基GW), for demonstration and tests only.
 * It answers agreements and never what it knows, and says on its page that it is a stand-in.
 */
export async function openResidentNetwork(options: ResidentNetworkOptions): Promise<ResidentNetworkStandIn> {
  const desk = { isResting: false };
  const people = new Map(options.people.map((each) => [each.individualNumber, each]));
  const standIn = await openStandIn(options, {
    path: numbersResidentNetworkPath,
    read: readToResidentNetwork,
    answer: (message): FromResidentNetwork =>
      desk.isResting ? { ...frameOf(message.lgCode), kind: 'busy' } : answerTo(message, people, options),
    renderPage: () => standInPage('住基ネットの代役'),
    renderError: standInPage,
  });
  return {
    ...standIn,
    get isResting() {
      return desk.isResting;
    },
    set isResting(value) {
      desk.isResting = value;
    },
  };
}

function answerTo(
  message: ToResidentNetwork,
  people: ReadonlyMap<string, RegisteredPerson>,
  { onLinkCode }: Pick<ResidentNetworkOptions, 'onLinkCode'>,
): FromResidentNetwork {
  const { lgCode, requestId } = message;
  if (message.kind === 'linkCodeRelay') {
    onLinkCode(lgCode, message.processingNumber, message.individualNumber);
    return { ...frameOf(lgCode), kind: 'taken', requestId };
  }
  const known = findKnown(message, people);
  const unknown = {
    name: 'notCompared',
    birthDate: 'notCompared',
    sex: 'notCompared',
    address: 'notCompared',
  } as const;
  const frame = { ...frameOf(lgCode), kind: 'confirmed', requestId } as const;
  if (known === undefined) return { ...frame, number: 'unknown', ...unknown, previousMunicipality: null };
  return {
    ...frame,
    number: message.individualNumber === null ? 'notAsked' : known.isFormer ? 'changed' : 'valid',
    name: compare(message.name, known.name),
    birthDate: compare(message.birthDate, known.birthDate),
    sex: compare(message.sex, known.sex),
    address: compare(message.address, known.address),
    previousMunicipality: known.previousMunicipality === '' ? null : known.previousMunicipality,
  };
}

type Confirmation = Extract<ToResidentNetwork, { kind: 'confirmation' }>;

/** By the number; without one, who alone has that name, birth date and sex. */
function findKnown(message: Confirmation, people: ReadonlyMap<string, RegisteredPerson>): RegisteredPerson | undefined {
  const { individualNumber, name, birthDate, sex } = message;
  if (individualNumber !== null) return people.get(individualNumber);
  const agrees = (asked: string | null, known: string): boolean => compare(asked, known) === 'agrees';
  const alike = [...people.values()].filter(
    (each) =>
      !each.isFormer &&
      agrees(name, each.name) &&
      agrees(birthDate, each.birthDate) &&
      (sex === null || agrees(sex, each.sex)),
  );
  return alike.length === 1 ? alike[0] : undefined;
}

function compare(asked: string | null, known: string): 'agrees' | 'differs' | 'notCompared' {
  if (asked === null) return 'notCompared';
  return asked.replaceAll(/[\s　]/gu, '') === known.replaceAll(/[\s　]/gu, '') ? 'agrees' : 'differs';
}

function frameOf(lgCode: string) {
  return { version: numbersResidentNetworkVersion, lgCode } as const;
}

function standInPage(title: string): string {
  return `<!doctype html><html lang="ja"><meta charset="utf-8"><title>${title}</title><h1>${title}</h1><p><strong>これは試験と見本のための代役です。本物の住基ネットではありません。</strong>本物の人の情報を送らないでください。</p></html>`;
}
