import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { UnreadableInput } from '#kernel';
import {
  type HistoryAnswerLetter,
  type IntermediateNotice,
  type NotAccepted,
  numbersIntermediateVersion,
  readHistoryInquiry,
  type ToIntermediate,
  type ToNumbers,
} from '#messages';
import type { Clock } from '#platform/clock';
import type { Behaviour, DeskState, FormerRecord, TakenRequest } from './types.ts';

type Inquiry = Extract<ToIntermediate, { kind: 'inquiry' }>;

/**
 * The desk of the stand-in: takes what an office says and answers as the intermediate server, the network behind it and
 * the other municipalities would. It keeps its own state and nothing of the office's.
 */
export class IntermediateDesk {
  readonly behaviour: Behaviour = {
    isResting: false,
    delayMs: 0,
    deliversTwice: false,
    refusing: new Set(),
    notPermitted: new Set(),
    givesNoCodes: false,
    distort: null,
  };
  readonly state: DeskState;
  private readonly records: readonly FormerRecord[];
  private readonly clock: Clock;

  constructor(state: DeskState, records: readonly FormerRecord[], clock: Clock) {
    this.state = state;
    this.records = records;
    this.clock = clock;
  }

  /** Answers one message of an office. */
  take(message: ToIntermediate): ToNumbers {
    const frame = { version: numbersIntermediateVersion, lgCode: message.lgCode } as const;
    if (this.behaviour.isResting) return { ...frame, kind: 'busy' };
    if (message.kind === 'collect') return { ...frame, ...this.collect(message) };
    const { requestId } = message;
    const known = this.state.requests.find((each) => each.requestId === requestId && each.lgCode === message.lgCode);
    if (known !== undefined) return { ...frame, kind: 'accepted', requestId, processingNumber: known.processingNumber };
    const because = this.findFault(message);
    if (because !== undefined) return { ...frame, kind: 'notAccepted', requestId, because };
    const taken = this.keep(message);
    if (message.kind === 'inquiry') this.answer(message, taken);
    return { ...frame, kind: 'accepted', requestId, processingNumber: taken.processingNumber };
  }

  /** 住基GW says whose 処理通番 it is: the code is given, or not. */
  giveCode(lgCode: string, processingNumber: string, individualNumber: string): void {
    const request = this.state.requests.find(
      (each) => each.kind === 'linkCode' && each.lgCode === lgCode && each.processingNumber === processingNumber,
    );
    if (request === undefined) return;
    const { integratedNumber, requestId } = request;
    const isGiven = !this.behaviour.givesNoCodes;
    if (isGiven) this.state.codes.push({ lgCode, integratedNumber, individualNumber });
    const state = isGiven ? 'obtained' : 'failed';
    this.tell(lgCode, { noticeId: randomUUID(), kind: 'linkCode', requestId, processingNumber, state });
  }

  /** Another municipality asks an office about somebody whose code is there. Answers the 処理通番. */
  ask(lgCode: string, integratedNumber: string, askedBy: string): string {
    const madeAt = this.clock.now().toISOString();
    const letter = JSON.stringify({
      kind: 'historyInquiry',
      version: 1,
      askedBy,
      askedOf: lgCode,
      basis: '番号法第19条第8号',
      madeAt,
    });
    const processingNumber = drawProcessingNumber();
    const notice = {
      noticeId: randomUUID(),
      kind: 'provisionRequest',
      processingNumber,
      integratedNumber,
      askedBy,
    } as const;
    this.tell(lgCode, { ...notice, ...this.onItsWay(letter) });
    return processingNumber;
  }

  private collect({ taken, limit, lgCode }: Extract<ToIntermediate, { kind: 'collect' }>) {
    this.state.waiting = this.state.waiting.flatMap((each) => {
      if (each.lgCode !== lgCode || !taken.includes(each.notice.noticeId)) return [each];
      return this.behaviour.deliversTwice && each.isTaken !== true ? [{ ...each, isTaken: true }] : [];
    });
    const now = this.clock.now().getTime();
    const due = this.state.waiting.filter((each) => each.lgCode === lgCode && each.dueAt <= now);
    const notices = due.slice(0, limit).map(({ notice }) => notice);
    return { kind: 'notices' as const, notices, remaining: due.length - notices.length };
  }

  private findFault(message: Exclude<ToIntermediate, { kind: 'collect' }>): NotAccepted | undefined {
    if (message.kind === 'linkCodeRequest') return undefined;
    if (message.letter !== null && digestOf(message.letter) !== message.letterDigest) return 'digestDiffers';
    if (message.kind === 'provision') {
      const { lgCode, processingNumber } = message;
      const isAnswered = this.state.provisions.some((each) => each.processingNumber === processingNumber);
      return this.wasAsked(lgCode, processingNumber) && !isAnswered ? undefined : 'nothingAsked';
    }
    if (message.askedOf === message.lgCode) return 'municipalityUnknown';
    if (this.behaviour.notPermitted.has(message.askedOf)) return 'notPermitted';
    return this.findCode(message) === undefined ? 'linkCodeMissing' : undefined;
  }

  private keep(message: Exclude<ToIntermediate, { kind: 'collect' }>): TakenRequest {
    const { requestId, lgCode } = message;
    const takenAt = this.clock.now().getTime();
    const isProvision = message.kind === 'provision';
    const taken: TakenRequest = {
      requestId,
      lgCode,
      kind: message.kind === 'linkCodeRequest' ? 'linkCode' : message.kind,
      processingNumber: isProvision ? message.processingNumber : drawProcessingNumber(),
      integratedNumber: isProvision ? '' : message.integratedNumber,
      takenAt,
    };
    this.state.requests.push(taken);
    if (isProvision) {
      const { processingNumber, outcome, letter } = message;
      this.state.provisions.push({ lgCode, processingNumber, outcome, letter });
      this.asked.delete(processingNumber);
    }
    return taken;
  }

  /** The other municipality's answer, made at once and told when its time has come. */
  private answer(message: Inquiry, { processingNumber }: TakenRequest): void {
    const { askedOf, lgCode, requestId } = message;
    const notice = {
      noticeId: randomUUID(),
      kind: 'answer',
      requestId,
      processingNumber,
      answeredBy: askedOf,
    } as const;
    const nothing = { letter: null, letterDigest: null };
    if (this.behaviour.refusing.has(askedOf) || !isReadable(message)) {
      return this.tell(lgCode, { ...notice, outcome: 'refused', ...nothing });
    }
    const person = this.findCode(message)?.individualNumber;
    const doses = this.records
      .filter((each) => each.individualNumber === person && each.lgCode === askedOf)
      .map(({ dose }) => dose);
    if (doses.length === 0) return this.tell(lgCode, { ...notice, outcome: 'noRecord', ...nothing });
    const madeAt = this.clock.now().toISOString();
    const letter: HistoryAnswerLetter = { kind: 'historyAnswer', version: 1, answeredBy: askedOf, doses, madeAt };
    this.tell(lgCode, { ...notice, outcome: 'provided', ...this.onItsWay(JSON.stringify(letter)) });
  }

  private onItsWay(letter: string): { readonly letter: string; readonly letterDigest: string } {
    return { letter: this.behaviour.distort?.(letter) ?? letter, letterDigest: digestOf(letter) };
  }

  private tell(lgCode: string, notice: IntermediateNotice): void {
    const dueAt = this.clock.now().getTime() + this.behaviour.delayMs;
    this.state.waiting.push({ lgCode, dueAt, notice });
    if (notice.kind === 'provisionRequest') this.asked.add(notice.processingNumber);
  }

  /** 処理通番 under which an office was asked and has not answered. */
  private readonly asked = new Set<string>();

  private wasAsked(lgCode: string, processingNumber: string): boolean {
    const isWaiting = this.state.waiting.some(
      (each) => each.lgCode === lgCode && each.notice.processingNumber === processingNumber,
    );
    return isWaiting || this.asked.has(processingNumber);
  }

  private findCode({ lgCode, integratedNumber }: Pick<Inquiry, 'lgCode' | 'integratedNumber'>) {
    return this.state.codes.find((each) => each.lgCode === lgCode && each.integratedNumber === integratedNumber);
  }
}

/** Letters alone: in digits one in a hundred would pass for an individual number. */
function drawProcessingNumber(): string {
  return `S${[...randomBytes(20)].map((byte) => String.fromCodePoint(65 + (byte % 26))).join('')}`;
}

function digestOf(letter: string): string {
  return createHash('sha256').update(letter, 'utf8').digest('hex');
}

function isReadable({ letter, lgCode, askedOf }: Inquiry): boolean {
  try {
    const read = readHistoryInquiry(letter);
    return read.askedBy === lgCode && read.askedOf === askedOf;
  } catch (error) {
    if (error instanceof UnreadableInput) return false;
    throw error;
  }
}
