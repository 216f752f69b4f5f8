import type { Day } from '#kernel';
import type { OpenStages } from '#schedule';

/** No day is so far ahead. */
const noDay = 2_147_483_647;
const noStages: readonly number[] = [];

/** Answers as numbers, for the way back from a thread: next change, how many stages are due and overdue, then those. */
export function packAnswers(answers: readonly OpenStages[]): Int32Array {
  const length = answers.reduce((sum, { due, overdue }) => sum + 3 + due.length + overdue.length, 0);
  const numbers = new Int32Array(length);
  let at = 0;
  for (const { due, overdue, nextChangeOn } of answers) {
    numbers[at] = nextChangeOn ?? noDay;
    numbers[at + 1] = due.length;
    numbers[at + 2] = overdue.length;
    numbers.set(due, at + 3);
    numbers.set(overdue, at + 3 + due.length);
    at += 3 + due.length + overdue.length;
  }
  return numbers;
}

/** The answers again, in the order of the people. */
export function unpackAnswers(numbers: Int32Array): OpenStages[] {
  const answers: OpenStages[] = [];
  let at = 0;
  while (at < numbers.length) {
    const nextChangeOn = numbers[at] ?? noDay;
    const dues = numbers[at + 1] ?? 0;
    const overdues = numbers[at + 2] ?? 0;
    const overdueAt = at + 3 + dues;
    answers.push({
      due: dues === 0 ? noStages : [...numbers.subarray(at + 3, overdueAt)],
      overdue: overdues === 0 ? noStages : [...numbers.subarray(overdueAt, overdueAt + overdues)],
      nextChangeOn: nextChangeOn === noDay ? null : (nextChangeOn as Day),
    });
    at = overdueAt + overdues;
  }
  return answers;
}
