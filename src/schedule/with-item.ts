/**
 * A list with one item more, and room for exactly these: a list that is pushed to takes room for sixteen more at once, and
 * nearly all lists of a judgement stay shorter than three.
 */
export function withItem<Item>(list: readonly Item[], item: Item): readonly Item[] {
  const first = list[0];
  const second = list[1];
  if (first === undefined) return [item];
  if (second === undefined) return [first, item];
  return list.length === 2 ? [first, second, item] : [...list, item];
}
